/** A person, or everyone, whom a message mentions as `@name`. */
export interface Mention {
  readonly name: string;
  /** Whether the reader is meant, which is shown more strongly. */
  readonly isMe: boolean;
  /** Shown as a tooltip. */
  readonly title?: string;
}
