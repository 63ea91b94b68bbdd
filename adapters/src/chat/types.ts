import type { Identity, Timestamp } from 'spacetimedb';
import type { CallError } from '../errors.ts';
import type { AnyDb, ConnectionStatus, Live, Readable } from '../types.ts';

/** A row of the tutorial's `user` table. */
export interface UserRow {
  readonly identity: Identity;
  readonly name?: string | undefined;
  readonly online: boolean;
}

/** A row of the tutorial's `message` table. */
export interface MessageRow {
  readonly sender: Identity;
  readonly sent: Timestamp;
  readonly text: string;
}

/** Any generated `DbConnection` whose module has the tutorial's tables and reducers, and possibly more. */
export interface ChatDb extends AnyDb {
  readonly db: {
    readonly user: { iter(): Iterator<UserRow, undefined> };
    readonly message: { iter(): Iterator<MessageRow, undefined> };
  };
  readonly reducers: {
    setName(params: { name: string }): Promise<void>;
    sendMessage(params: { text: string }): Promise<void>;
  };
}

export interface ChatUser {
  /** The identity as 64 hexadecimal digits. */
  readonly id: string;
  readonly identity: Identity;
  /** The name, of which no more than 200 characters (UTF-16 units) are kept, and then an ellipsis. */
  readonly name: string | undefined;
  /** The name, or the first 8 digits of `id` as in the tutorial's clients. */
  readonly label: string;
  readonly online: boolean;
  readonly isMe: boolean;
}

export interface ChatMessage {
  /**
   * The same for the same message on every client and after every reconnect. A message that was shown as
   * pending here keeps the key that it had then, so that a keyed list keeps its element.
   */
  readonly key: string;
  readonly author: ChatUser;
  readonly text: string;
  /** By the server's clock; by this one until the server has it. */
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
  /** Why it failed: `code` for the program, `message` for a person, the module's own text where it refused. */
  readonly error?: CallError;
}

export interface ChatHistory {
  /** Whether older messages have been asked for. */
  readonly isLoading: boolean;
  /** Whether there are no older messages than those shown. */
  readonly reachedStart: boolean;
  /**
   * How many messages of the time that is shown are hidden, because they cannot be shown: those with more than 100,000
   * characters (UTF-16 units), and those that were sent before the year 0 or after the year 9999.
   */
  readonly hiddenCount: number;
}

export interface ChatOptions {
  /**
   * How many messages the first window, and each `loadOlder`, should show at least if there are as many.
   * Default 50.
   */
  readonly pageSize?: number;
  /**
   * How far back the first window reaches at least. Milliseconds, rounded up to whole hours or days. Default
   * one day.
   */
  readonly windowMs?: number;
  /**
   * How many of our messages may wait while the connection is down, to be sent in order when it is back. More than that
   * fail at once. Default 20.
   */
  readonly maxQueued?: number;
}

export interface Chat {
  /**
   * Oldest first, then our own that the server has not confirmed. Unchanged messages keep their object.
   */
  readonly messages: Live<readonly ChatMessage[]>;
  /** Everybody who ever came, by label. */
  readonly users: Live<readonly ChatUser[]>;
  /** Everybody who is connected now, by label. */
  readonly onlineUsers: Live<readonly ChatUser[]>;
  /** Undefined until the server has greeted us and our row is here. */
  readonly me: Live<ChatUser | undefined>;
  /** The status of the connection. */
  readonly status: Readable<ConnectionStatus>;
  readonly history: Readable<ChatHistory>;
  /**
   * Shows the message at once, as `pending`, even before the messages of others are here.
   * @returns settles when it is `sent` or has `failed`; a failure that nobody awaits is not reported as
   * unhandled
   * @throws CallError as `Connection.call`
   * @throws DOMException (`AbortError`) when it was discarded
   */
  sendMessage(this: void, text: string): Promise<void>;
  /** Sends a message that failed again, as the newest. Settles as `sendMessage` does. */
  retry(this: void, message: ChatMessage): Promise<void>;
  /**
   * Removes a message of ours that failed or is pending. One that waits for the connection is not sent. One
   * that was sent already may still arrive.
   */
  discard(this: void, message: ChatMessage): void;
  /** Settles as `Connection.call` does. */
  setName(this: void, name: string): Promise<void>;
  /**
   * Shows at least a page of older messages too, if there are as many. Waits for the connection if it is
   * down.
   * @returns whether any were found; false when the beginning is reached, or the connection was closed
   * @throws QueryError when the server refuses the query
   */
  loadOlder(this: void): Promise<boolean>;
  /**
   * Unloads the oldest messages, here and in the SDK's cache, so that a page which stays open for long keeps no
   * more than it shows. Whole spans of time are unloaded, so more than `keep` may stay; `loadOlder` brings
   * them back. Call it when nobody reads there, as when the newest are in view. Does nothing while older
   * messages are being loaded, or while the connection is down.
   * @param keep how many messages to keep at least; never fewer than a page, which is the default
   * @returns whether anything was unloaded
   */
  unloadOlder(this: void, keep?: number): boolean;
}
