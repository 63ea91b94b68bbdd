import type { Identity, Timestamp } from 'spacetimedb';
import type { CallError } from '../errors.ts';
import type { AnyDb, ConnectionStatus, Live, Readable } from '../types.ts';

/**
 * Row of the tutorial's table `user`.
 * @example
 * ```ts
 * import { liveTable } from 'spacetimedb-stores';
 *
 * const isNamed = (user: UserRow): boolean => user.name !== undefined;
 * liveTable(connection, tables.user).subscribe((users) => console.log(users.every(isNamed))); // true
 * ```
 */
export interface UserRow {
  /** Identity of the user, the primary key. */
  readonly identity: Identity;
  /** Name that the user has chosen; undefined before that. */
  readonly name?: string | undefined;
  /** Whether the user is connected. */
  readonly online: boolean;
}

/**
 * Row of the tutorial's table `message`.
 * @example
 * ```ts
 * const { messages } = createChat(connection);
 * const timeOf = (row: MessageRow | undefined): bigint | undefined => row?.sent.microsSinceUnixEpoch;
 * messages.subscribe((list) => console.log(list.map(({ row }) => typeof timeOf(row)))); // ['bigint', 'bigint']
 * ```
 */
export interface MessageRow {
  /** Identity of the author. */
  readonly sender: Identity;
  /** When the server got the message. */
  readonly sent: Timestamp;
  /** Text of the message. */
  readonly text: string;
}

/**
 * Any generated `DbConnection` whose module has the tutorial's tables and reducers, and possibly more.
 * @example
 * ```ts
 * import type { Connection } from 'spacetimedb-stores';
 *
 * const openChat = (connection: Connection<ChatDb>) => createChat(connection, { pageSize: 20 });
 * openChat(connection).users.subscribe((users) => console.log(users.length)); // 3
 * ```
 */
export interface ChatDb extends AnyDb {
  /** Tables `user` and `message`. */
  readonly db: {
    readonly user: { iter(): Iterator<UserRow, undefined> };
    readonly message: { iter(): Iterator<MessageRow, undefined> };
  };
  /** Reducers `set_name` and `send_message`. */
  readonly reducers: {
    setName(params: { name: string }): Promise<void>;
    sendMessage(params: { text: string }): Promise<void>;
    /** For replies. A module without it supports only plain messages. */
    sendReply?(params: ReplyArgs): Promise<void>;
  };
}

/** Arguments of the reducer `send_reply`. */
export interface ReplyArgs {
  readonly text: string;
  readonly toSender: Identity;
  readonly toSent: Timestamp;
}

/**
 * Options of `sendMessage`.
 * @example
 * ```ts
 * const { messages, sendMessage } = createChat(connection);
 * messages.subscribe(async ([first, , ...others]) => {
 *   if (!first || others.length > 0) return;
 *   const options: SendOptions = { replyTo: first };
 *   await sendMessage('Hello to you, too', options);
 *   console.log(messages.get().at(-1)?.text); // Hello to you, too
 * });
 * ```
 */
export interface SendOptions {
  /**
   * The message that this one answers. The server must have it, and the reducer `send_reply`.
   * @default undefined: it answers none
   */
  readonly replyTo?: ChatMessage | undefined;
}

/**
 * Person in a chat.
 * @example
 * ```ts
 * const textOf = ({ label, isMe }: ChatUser): string => (isMe ? `${label} (you)` : label);
 * createChat(connection).onlineUsers.subscribe((users) => console.log(users.map(textOf))); // ['Ann', 'Bob']
 * ```
 */
export interface ChatUser {
  /** The identity as 64 hexadecimal digits. */
  readonly id: string;
  /** Identity as the SDK has it. */
  readonly identity: Identity;
  /** The name. After 200 characters (UTF-16 units) it is cut with an ellipsis. */
  readonly name: string | undefined;
  /** The name; without one, what `ChatOptions.guestName` returns. */
  readonly label: string;
  /** Whether the person is connected. */
  readonly online: boolean;
  /** Whether this is the identity of the connection. */
  readonly isMe: boolean;
}

/**
 * Message of a chat, sent or not.
 * @example
 * ```ts
 * const textOf = ({ author, text, status }: ChatMessage): string =>
 *   `${author.label}: ${text}${status === 'sent' ? '' : ` (${status})`}`;
 * createChat(connection).messages.subscribe((list) => console.log(list.map(textOf))); // ['Ann: Hello', 'Bob: Hi Ann']
 * ```
 */
export interface ChatMessage {
  /**
   * Key of the message: the same on every client, after every reconnect and every edit. A message that was shown as
   * pending here keeps its key from then, so that a keyed list keeps its element. If one person sent several messages
   * in the same microsecond, each has its own key.
   */
  readonly key: string;
  /** Person who wrote it. */
  readonly author: ChatUser;
  /** Text of the message. */
  readonly text: string;
  /** By the server's clock; by the local clock until the server has it. */
  readonly sent: Date;
  /** The server's row, with the time to the microsecond; absent until the server has it. */
  readonly row?: MessageRow;
  /** Whether this connection's identity sent it. */
  readonly mine: boolean;
  /**
   * - `sent`: the server has it.
   * - `pending`: ours, on its way or waiting for the connection.
   * - `failed`: ours, and the server does not have it; see `error`.
   */
  readonly status: 'sent' | 'pending' | 'failed';
  /** The message that it answers, until the server has it. From then on see `MessageDetails.replyTo`. */
  readonly replyTo?: ChatMessage;
  /** Why it failed: `code` for the program, `message` for a person; if the module refused, its own text. */
  readonly error?: CallError;
  /**
   * When it is sent again automatically, by the local clock. Only while it is `pending` because the server asked to
   * wait; see `ChatOptions.retryAfterMs`.
   */
  readonly retryAt?: Date;
}

/**
 * How much of the history is loaded.
 * @example
 * ```ts
 * const { messages, history } = createChat(connection);
 * messages.subscribe(() => undefined);
 * history.subscribe(({ isLoading, reachedStart }: ChatHistory) => console.log(isLoading, reachedStart)); // false true
 * ```
 */
export interface ChatHistory {
  /** Whether older messages have been asked for. */
  readonly isLoading: boolean;
  /** Whether there are no older messages than those shown. */
  readonly reachedStart: boolean;
  /**
   * How many messages in the shown time are hidden: those with more than 100,000 characters (UTF-16 units), and those
   * sent before the year 0 or after the year 9999.
   */
  readonly hiddenCount: number;
}

/**
 * Options of `createChat`.
 * @example
 * ```ts
 * const options: ChatOptions = { pageSize: 20, maxQueued: 0 };
 * createChat(connection, options).messages.subscribe((list) => console.log(list.length)); // 2
 * ```
 */
export interface ChatOptions {
  /**
   * How many messages to show at first, and to add with each `loadOlder`, if there are as many.
   * @default 50
   */
  readonly pageSize?: number;
  /**
   * How far back to load initially at least, in milliseconds. Rounded up to whole hours or days.
   * @default 86_400_000, one day
   */
  readonly windowMs?: number;
  /**
   * How many of our messages may wait while the connection is down. They are sent in order after the reconnect. Further
   * messages fail at once.
   * @default 20
   */
  readonly maxQueued?: number;
  /**
   * Reads from a refusal how long to wait before the message may be sent again. The message stays `pending` and is then
   * sent again, before the ones behind it. To keep the order, messages are sent one at a time.
   *
   * The refusal is a text of the module, so this function depends on the module. The message fails if the wait is
   * longer than an hour, or if this function throws, which is reported.
   * @param error why the module refused the message
   * @returns milliseconds, or undefined if sending it again is pointless
   * @default undefined: refused messages fail, and messages are sent without waiting for each other's answers
   */
  readonly retryAfterMs?: ((error: CallError) => number | undefined) | undefined;
  /**
   * Names people who have not chosen a name, in `ChatUser.label`. Should always return the same for the same person.
   * @param id the identity as 64 hexadecimal digits
   * @default the first 8 digits of the identity, as in the tutorial's clients
   */
  readonly guestName?: ((id: string) => string) | undefined;
}

/**
 * Stores and calls of a chat.
 * @example
 * ```ts
 * const { messages, me, sendMessage, setName }: Chat = createChat(connection);
 * messages.subscribe((list) => console.log(list.map(({ text }) => text))); // ['Hello', 'Hi Ann', 'Bye']
 * me.subscribe((user) => console.log(user?.name)); // Dora
 * await setName('Dora');
 * await sendMessage('Bye');
 * ```
 */
export interface Chat {
  /**
   * Store with the messages, oldest first, then our own that the server has not confirmed. Messages that did not change keep
   * their object.
   */
  readonly messages: Live<readonly ChatMessage[]>;
  /** Store with everyone who has ever joined, by label. */
  readonly users: Live<readonly ChatUser[]>;
  /** Store with everyone who is connected, by label. */
  readonly onlineUsers: Live<readonly ChatUser[]>;
  /** Store with our own user: undefined until the server has greeted us and our row has arrived. */
  readonly me: Live<ChatUser | undefined>;
  /** Store with the state of the connection. */
  readonly status: Readable<ConnectionStatus>;
  /** Store with how much of the history is loaded. */
  readonly history: Readable<ChatHistory>;
  /**
   * Sends a message, which is in `messages` at once as `pending`.
   * @param text the text
   * @param options which message it answers
   * @returns resolves when it is `sent`; a failure is not reported as unhandled if nobody awaits it
   * @throws CallError as `Connection.call`
   * @throws DOMException (`AbortError`) when it was discarded
   * @throws TypeError when it answers a message that the server does not have
   */
  sendMessage(this: void, text: string, options?: SendOptions): Promise<void>;
  /**
   * Sends a failed message again, as the newest one.
   * @param message one whose `status` is `failed`
   * @returns resolves when it is `sent`
   * @throws as `sendMessage`
   */
  retry(this: void, message: ChatMessage): Promise<void>;
  /**
   * Removes one of our messages that failed or is pending. If it waits for the connection, it is not sent; if it was
   * already sent, it may still arrive.
   * @param message one of ours
   */
  discard(this: void, message: ChatMessage): void;
  /**
   * Sets our name.
   * @param name the new name
   * @throws CallError as `Connection.call`
   */
  setName(this: void, name: string): Promise<void>;
  /**
   * Loads at least a page of older messages, if there are that many. Waits for the connection if it is down.
   * @returns whether any were found: false at the beginning, or when the connection was closed
   * @throws QueryError when the server refuses the query
   */
  loadOlder(this: void): Promise<boolean>;
  /**
   * Loads older messages until all messages since a time are loaded. Waits for the connection if it is down.
   * @param time how far back to load
   * @returns whether they are loaded: false when the connection was closed
   * @throws QueryError when the server refuses the query
   */
  loadUntil(this: void, time: Date): Promise<boolean>;
  /**
   * Unloads the oldest messages, here and in the SDK's cache, so that a page which stays open does not grow. Whole
   * spans of time are unloaded, so more than `keep` may stay; `loadOlder` loads them again. Call it when nobody is
   * reading them. Does nothing while older messages are loading, or while the connection is down.
   * @param keep how many messages to keep at least; a page by default, and never fewer
   * @returns whether anything was unloaded
   */
  unloadOlder(this: void, keep?: number): boolean;
}
