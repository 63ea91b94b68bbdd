/** A person, or everyone, whom a message mentions as `@name`. */
export interface Mention {
  readonly name: string;
  /** Whether it mentions the reader, which is highlighted more strongly. */
  readonly isMe: boolean;
  /** Shown as a tooltip. */
  readonly title?: string;
}
