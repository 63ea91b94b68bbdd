import type { Identity, Timestamp } from 'spacetimedb';
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
  readonly name: string | undefined;
  /** The name, or the first 8 digits of `id` as in the tutorial's clients. */
  readonly label: string;
  readonly online: boolean;
  readonly isMe: boolean;
}

export interface ChatMessage {
  /** The same for the same message on every client and after every reconnect. */
  readonly key: string;
  readonly author: ChatUser;
  readonly text: string;
  readonly sent: Date;
  /** Whether this connection's identity sent it. */
  readonly mine: boolean;
}

export interface ChatHistory {
  /** Older messages have been asked for. */
  readonly loading: boolean;
  /** There are no older messages than those shown. */
  readonly reachedStart: boolean;
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
}

export interface Chat {
  /** Oldest first. Unchanged messages keep their object. */
  readonly messages: Live<readonly ChatMessage[]>;
  /** Everybody who ever came, by label. */
  readonly users: Live<readonly ChatUser[]>;
  readonly onlineUsers: Live<readonly ChatUser[]>;
  /** Undefined until the server has greeted us and our row is here. */
  readonly me: Live<ChatUser | undefined>;
  readonly status: Readable<ConnectionStatus>;
  readonly history: Readable<ChatHistory>;
  /** Settles as `Connection.call` does. */
  sendMessage(text: string): Promise<void>;
  /** Settles as `Connection.call` does. */
  setName(name: string): Promise<void>;
  /**
   * Shows at least a page of older messages too, if there are as many. Waits for the connection if it is
   * down.
   * @returns whether any were found; false when the beginning is reached, or the connection was closed
   * @throws the server's error for the query
   */
  loadOlder(): Promise<boolean>;
}
