import type { Live, Readable } from '../../types.ts';
import type { ChatMessage, ChatUser } from '../types.ts';

/**
 * One emoji under a message, and who chose it.
 * @example
 * ```ts
 * const textOf = ({ emoji, count, people }: Reaction): string =>
 *   `${emoji} ${count} (${people.map(({ label }) => label).join()})`;
 * const chat = createChat(connection);
 * const { details } = createFeatures(connection, chat);
 * chat.messages.subscribe(([first]) => {
 *   if (first) details(first).subscribe(({ reactions }) => console.log(reactions.map(textOf))); // ['👋 1 (Bob)']
 * });
 * ```
 */
export interface Reaction {
  /** The emoji. */
  readonly emoji: string;
  /** How many people chose it. */
  readonly count: number;
  /** Whether we are one of them. */
  readonly isMine: boolean;
  /** People in the order of their reactions. */
  readonly people: readonly ChatUser[];
}

/**
 * The message that another one answers.
 * @example
 * ```ts
 * const lineOf = ({ author, text, status }: Quote): string =>
 *   `${author.label}: ${status === 'deleted' ? 'Message deleted' : (text ?? '…')}`;
 * const chat = createChat(connection);
 * const { details } = createFeatures(connection, chat);
 * chat.messages.subscribe((list) => {
 *   const last = list.at(-1);
 *   if (last) details(last).subscribe(({ replyTo }) => console.log(replyTo && lineOf(replyTo))); // Ann: Hello
 * });
 * ```
 */
export interface Quote {
  /** Who wrote it. */
  readonly author: ChatUser;
  /** When it was sent. */
  readonly sent: Date;
  /**
   * - `loading`: it is being loaded.
   * - `ready`: it is loaded.
   * - `deleted`: the server no longer has it.
   */
  readonly status: 'loading' | 'ready' | 'deleted';
  /** Its current text, while `ready`. */
  readonly text: string | undefined;
  /** Text that identifies it, for `ChatFeatures.find`. */
  readonly id: string;
}

/**
 * Name in a message's text, after an `@`, that mentions a person or everyone.
 * @example
 * ```ts
 * const chat = createChat(connection);
 * const { details } = createFeatures(connection, chat);
 * const isForUs = (mentions: readonly Mention[]): boolean => mentions.some(({ isMe }) => isMe);
 * chat.messages.subscribe(([first]) => {
 *   if (first) details(first).subscribe(({ mentions }) => console.log(isForUs(mentions))); // false
 * });
 * ```
 */
export interface Mention {
  /** The name as written in the text. */
  readonly name: string;
  /** The person; undefined for everyone. */
  readonly person: ChatUser | undefined;
  /** Whether it mentions us, by name or with everyone. */
  readonly isMe: boolean;
}

/**
 * Details of a message, such as its reactions.
 * @example
 * ```ts
 * const noteOf = ({ editedAt, isPinned }: MessageDetails): string =>
 *   [editedAt && 'edited', isPinned && 'pinned'].filter(Boolean).join();
 * const chat = createChat(connection);
 * const { details } = createFeatures(connection, chat);
 * chat.messages.subscribe((list) => {
 *   const last = list.at(-1);
 *   if (last) details(last).subscribe((own) => console.log(noteOf(own))); // edited,pinned
 * });
 * ```
 */
export interface MessageDetails {
  /** Reactions in the order of their first use. */
  readonly reactions: readonly Reaction[];
  /** The message that it answers. */
  readonly replyTo: Quote | undefined;
  /** When it was last edited. */
  readonly editedAt: Date | undefined;
  /** The mentions in its text. */
  readonly mentions: readonly Mention[];
  /** Whether it is pinned. */
  readonly isPinned: boolean;
  /** Our unconfirmed edit. Show it instead of the text. */
  readonly pendingText: string | undefined;
  /** Whether we have deleted it and the server has not confirmed that yet. */
  readonly isBeingDeleted: boolean;
}

/**
 * Earlier text of a message.
 * @example
 * ```ts
 * const chat = createChat(connection);
 * const { versions } = createFeatures(connection, chat);
 * const textsOf = (list: readonly MessageVersion[]): string[] => list.map(({ text }) => text);
 * chat.messages.subscribe(async ([first]) => {
 *   if (first) console.log(textsOf(await versions(first))); // ['Helo']
 * });
 * ```
 */
export interface MessageVersion {
  /** The text. */
  readonly text: string;
  /** When it was replaced. */
  readonly at: Date;
}

/**
 * Options of a search.
 * @example
 * ```ts
 * const { search } = createFeatures(connection, createChat(connection));
 * const options: SearchOptions = { limit: 10 };
 * console.log((await search('ann', options)).map(({ text }) => text)); // ['Hi Ann']
 * ```
 */
export interface SearchOptions {
  /**
   * Finds only messages that were sent before this time or this message. For the next page, pass the last message
   * found.
   * @default undefined: all messages are searched
   */
  readonly before?: Date | ChatMessage | undefined;
  /**
   * How many messages to find at most, up to 50.
   * @default 20
   */
  readonly limit?: number | undefined;
}

/**
 * Options of `createFeatures`.
 * @example
 * ```ts
 * const options: FeaturesOptions = { matches: (text, search) => text.includes(search) };
 * const { search } = createFeatures(connection, createChat(connection), options);
 * console.log((await search('Hello')).length); // 1
 * ```
 */
export interface FeaturesOptions {
  /**
   * Decides whether a message matches while there is no connection. Should apply the same rule as the server.
   * @param text the message's text
   * @param search the searched text
   * @returns whether the message matches
   * @default all words of `search` occur in `text`, ignoring case and accents
   */
  readonly matches?: ((text: string, search: string) => boolean) | undefined;
}

/**
 * How much is unread.
 * @example
 * ```ts
 * const badgeOf = ({ messages, mentions }: UnreadCount): string => `${messages} new, ${mentions} for you`;
 * const { countUnread } = createFeatures(connection, createChat(connection));
 * console.log(badgeOf(await countUnread())); // 2 new, 1 for you
 * ```
 */
export interface UnreadCount {
  /** Messages by others after the read mark, up to 100. */
  readonly messages: number;
  /** How many of them mention us, up to 100. */
  readonly mentions: number;
}

/**
 * Features of a chat beyond the tutorial, if the server has them.
 *
 * Reactions, edits, deletions, pins and blocks show at once. Without a connection they wait in order, at most
 * `ChatOptions.maxQueued` of them. The promise of a change settles when the server answers. If the server refuses it, the
 * change is undone and the promise rejects with the module's words. If the answer is lost, the rows decide.
 *
 * All calls throw as `Connection.call`, and a `TypeError` for a message that the server does not have yet.
 * @example
 * ```ts
 * const chat = createChat(connection);
 * const { isAvailable, details, toggleReaction }: ChatFeatures = createFeatures(connection, chat);
 * isAvailable.subscribe((hasFeatures) => console.log(hasFeatures)); // true
 * chat.messages.subscribe(async ([first]) => {
 *   if (!first || details(first).get().reactions.length > 1) return;
 *   details(first).subscribe(({ reactions }) => console.log(reactions.map(({ emoji }) => emoji))); // ['👋', '🎉']
 *   await toggleReaction(first, '🎉');
 * });
 * ```
 */
export interface ChatFeatures {
  /**
   * Store that says whether the server has these features. False until that is known, and with the tutorial's module.
   * Stays true while reconnecting.
   */
  readonly isAvailable: Readable<boolean>;
  /**
   * Gets the store with the details of a message: any message of `Chat.messages`, or a found one.
   * @param message the message; a pending one has the message that it answers
   * @returns the store, which is the same for the same message, before and after the server has it
   */
  details(this: void, message: ChatMessage): Live<MessageDetails>;

  /**
   * Gets a short text that identifies a message, for links.
   * @param message the message
   * @returns the text, which is the same for everyone; undefined until the server has the message
   */
  idOf(this: void, message: ChatMessage): string | undefined;
  /**
   * Finds a message, and loads older messages until it is in `Chat.messages`. Waits for the connection if it is down.
   * @param id what `idOf` returned, or `Quote.id`
   * @returns the message; undefined if the server does not have it
   */
  find(this: void, id: string): Promise<ChatMessage | undefined>;

  /**
   * Adds or removes our reaction.
   * @param message the message
   * @param emoji the emoji
   */
  toggleReaction(this: void, message: ChatMessage, emoji: string): Promise<void>;
  /**
   * Returns whether we may edit a message now: it is ours, within `editLimitMs`, and not being deleted.
   * @param message the message
   * @returns whether to offer editing
   */
  canEdit(this: void, message: ChatMessage): boolean;
  /**
   * Changes the text of one of our messages.
   * @param message the message
   * @param text the new text
   */
  edit(this: void, message: ChatMessage, text: string): Promise<void>;
  /**
   * Deletes one of our messages.
   * @param message the message
   */
  deleteOwn(this: void, message: ChatMessage): Promise<void>;
  /**
   * Pins a message. For moderators.
   * @param message the message
   */
  pin(this: void, message: ChatMessage): Promise<void>;
  /**
   * Unpins a message. For moderators.
   * @param message the message
   */
  unpin(this: void, message: ChatMessage): Promise<void>;
  /** Store with the pinned messages, the last pinned first, wherever they are in the history. */
  readonly pins: Live<readonly ChatMessage[]>;
  /**
   * Gets the earlier texts of a message. For moderators.
   * @param message the message
   * @returns the texts, oldest first
   */
  versions(this: void, message: ChatMessage): Promise<readonly MessageVersion[]>;

  /** Store with the other people who are typing, in order of their start, without blocked people. */
  readonly typing: Readable<readonly ChatUser[]>;
  /**
   * Tells the others whether we are typing. Call it on each change of the text: it is sent at most every three seconds,
   * and the end at once.
   * @param isTyping whether we are
   */
  setTyping(this: void, isTyping: boolean): void;

  /**
   * Searches all messages, or only the loaded ones while there is no connection.
   * @param text what to search for
   * @param options how many to find, and before when
   * @returns the messages, newest first; loaded ones are the same objects as in `Chat.messages`
   */
  search(this: void, text: string, options?: SearchOptions): Promise<readonly ChatMessage[]>;

  /** Store with the time of the last message that we have read, on any device; undefined if unknown. */
  readonly readUntil: Live<Date | undefined>;
  /**
   * Marks everything up to a message as read on the server. Sent at most every two seconds, and before the page is
   * hidden.
   * @param message the last message that was read
   */
  markRead(this: void, message: ChatMessage): void;
  /**
   * Counts unread messages and mentions after the read mark.
   * @returns both 0 if nothing was ever marked as read
   */
  countUnread(this: void): Promise<UnreadCount>;

  /** Store with the identities (64 hexadecimal digits, as `ChatUser.id`) that we have blocked. */
  readonly blocked: Live<ReadonlySet<string>>;
  /**
   * Blocks a person, for us only. Their messages stay in `Chat.messages`: hide them.
   * @param user the person
   */
  block(this: void, user: ChatUser): Promise<void>;
  /**
   * Ends the block of a person.
   * @param user the person
   */
  unblock(this: void, user: ChatUser): Promise<void>;
  /**
   * Reports a message to the moderators.
   * @param message the message
   * @param reason why, in the person's words
   */
  report(this: void, message: ChatMessage, reason: string): Promise<void>;

  /** How long messages may be edited after sending, in milliseconds; undefined without a limit. */
  readonly editLimitMs: Live<number | undefined>;
}
