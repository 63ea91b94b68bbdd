import type { Live, Readable } from '../../types.ts';
import type { ChatMessage, ChatUser } from '../types.ts';

/** One emoji under a message, and who chose it. */
export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  /** Whether we are one of them. */
  readonly isMine: boolean;
  /** In the order in which they reacted. */
  readonly people: readonly ChatUser[];
}

/** The message that another one answers. */
export interface Quote {
  readonly author: ChatUser;
  readonly sent: Date;
  /** `deleted`: the server does not have it any more. */
  readonly status: 'loading' | 'ready' | 'deleted';
  /** Its current text, while `ready`. */
  readonly text: string | undefined;
  /** For `ChatFeatures.find`. */
  readonly id: string;
}

/** Name in a message's text, after an `@`, that stands for a person or for everyone. */
export interface Mention {
  /** As in the text. */
  readonly name: string;
  /** Undefined for everyone. */
  readonly person: ChatUser | undefined;
  /** Whether it means us, by name or as one of everyone. */
  readonly isMe: boolean;
}

/** What belongs to a message besides its text. */
export interface MessageDetails {
  /** In the order in which they were first used. */
  readonly reactions: readonly Reaction[];
  readonly replyTo: Quote | undefined;
  readonly editedAt: Date | undefined;
  readonly mentions: readonly Mention[];
  readonly isPinned: boolean;
  /** Our edit of it that the server has not confirmed. */
  readonly pendingText: string | undefined;
  /** Whether we have deleted it, and the server has not confirmed that. */
  readonly isBeingDeleted: boolean;
}

/** Earlier text of a message. */
export interface MessageVersion {
  readonly text: string;
  /** When it was replaced. */
  readonly at: Date;
}

export interface SearchOptions {
  /**
   * Finds only messages that were sent before: before this time, or before this message.
   * @default undefined: all are searched
   */
  readonly before?: Date | ChatMessage | undefined;
  /**
   * How many messages to find at most, up to 50.
   * @default 20
   */
  readonly limit?: number | undefined;
}

/** Options of `createFeatures`. */
export interface FeaturesOptions {
  /**
   * Says whether a message is found, while there is no connection: by the same rule as the server's.
   * @param text the message's text
   * @param search what is searched for
   * @default all words of `search` occur in `text`, whatever their case and accents
   */
  readonly matches?: ((text: string, search: string) => boolean) | undefined;
}

/** How much is unread. */
export interface UnreadCount {
  /** Messages by others after the read mark, up to 100. */
  readonly messages: number;
  /** How many of them mention us, up to 100. */
  readonly mentions: number;
}

/** What a chat offers beyond the tutorial, where the server has it. Changes show at once; a refusal takes them back. */
export interface ChatFeatures {
  /** Whether the server has these features. False until that is known, and for the tutorial's module. */
  readonly isAvailable: Readable<boolean>;
  /** Store with what belongs to a message. The same message has the same store. */
  details(this: void, message: ChatMessage): Live<MessageDetails>;

  /** Stable text that identifies a message for links; undefined until the server has it. */
  idOf(this: void, message: ChatMessage): string | undefined;
  /**
   * Finds a message by the text of `idOf`, and loads older messages until it is there.
   * @returns undefined if the server does not have it
   */
  find(this: void, id: string): Promise<ChatMessage | undefined>;

  /** Adds a reaction of ours, or removes it. Rejects if the server refuses it. */
  toggleReaction(this: void, message: ChatMessage, emoji: string): Promise<void>;
  /** Whether we may edit this message now. */
  canEdit(this: void, message: ChatMessage): boolean;
  edit(this: void, message: ChatMessage, text: string): Promise<void>;
  /** Deletes a message of ours. */
  deleteOwn(this: void, message: ChatMessage): Promise<void>;
  /** For moderators. */
  pin(this: void, message: ChatMessage): Promise<void>;
  /** For moderators. */
  unpin(this: void, message: ChatMessage): Promise<void>;
  /** Store with the pinned messages, the last pinned first. */
  readonly pins: Live<readonly ChatMessage[]>;
  /** Earlier texts of a message, oldest first. For moderators. */
  versions(this: void, message: ChatMessage): Promise<readonly MessageVersion[]>;

  /** Store with the others who are typing now, in the order in which they began. */
  readonly typing: Readable<readonly ChatUser[]>;
  /** Tells the others. Throttled; call it with each change of the text. */
  setTyping(this: void, isTyping: boolean): void;

  /** Searches all messages, newest first; while offline, those that are loaded. */
  search(this: void, text: string, options?: SearchOptions): Promise<readonly ChatMessage[]>;

  /** Store with the time of the last message that we have read on any device; undefined if unknown. */
  readonly readUntil: Live<Date | undefined>;
  /** Tells the server that everything up to this message has been read. Throttled. */
  markRead(this: void, message: ChatMessage): void;

  /** Counts what is unread since the read mark. */
  countUnread(this: void): Promise<UnreadCount>;

  /** Store with the identities (64 hexadecimal digits) that we have blocked. */
  readonly blocked: Live<ReadonlySet<string>>;
  block(this: void, user: ChatUser): Promise<void>;
  unblock(this: void, user: ChatUser): Promise<void>;
  /** Reports a message to the moderators. */
  report(this: void, message: ChatMessage, reason: string): Promise<void>;

  /** How long after sending a message may be edited, in milliseconds: undefined without limit. */
  readonly editLimitMs: Live<number | undefined>;
}
