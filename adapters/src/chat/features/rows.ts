/** The tables, views, reducers and procedures of a module with the features, as named in bindings. */
import type { Identity, Timestamp } from 'spacetimedb';
import type { Moment } from '../moment-map.ts';
import type { ChatDb, MessageRow } from '../types.ts';

/** Row that belongs to the message with the same `sender` and `sent`. */
interface Annotation extends Moment {
  readonly id: bigint;
}

export interface ReplyRow extends Annotation {
  readonly toSender: Identity;
  readonly toSent: Timestamp;
}

interface ReactionRow extends Annotation {
  readonly person: Identity;
  readonly emoji: string;
}

interface EditRow extends Annotation {
  readonly at: Timestamp;
}

interface MentionRow extends Annotation {
  readonly person: Identity;
  readonly isEveryone: boolean;
  readonly name: string;
}

export interface PinRow extends Annotation {
  readonly at: Timestamp;
}

/** All rows that belong to a message. */
export interface AnnotationRows {
  readonly reply: ReplyRow;
  readonly reaction: ReactionRow;
  readonly messageEdit: EditRow;
  readonly mention: MentionRow;
  readonly pin: PinRow;
}

export type AnnotationTable = keyof AnnotationRows;

export interface RuleRow {
  /** 0 for no limit. */
  readonly editMinutes: number;
}

export interface BlockRow {
  readonly identity: Identity;
}

export interface ReadMarkRow {
  readonly identity: Identity;
  readonly sent: Timestamp;
}

export interface TypingRow {
  readonly person: Identity;
  readonly isTyping: boolean;
}

interface Table<Row> {
  iter(): Iterator<Row, undefined>;
}

/**
 * Any generated `DbConnection` whose module has everything that `createFeatures` uses, and possibly more. The connected
 * database may lack it.
 * @example
 * ```ts
 * import type { Connection } from 'spacetimedb-stores';
 *
 * const openFeatures = (connection: Connection<FeaturesDb>) => createFeatures(connection, createChat(connection));
 * console.log(typeof openFeatures); // function
 * ```
 */
export interface FeaturesDb extends ChatDb {
  /** Tables of the tutorial, and those whose rows belong to its messages. */
  readonly db: ChatDb['db'] & { readonly [Name in AnnotationTable]: Table<AnnotationRows[Name]> } & {
    readonly messageRule: Table<RuleRow>;
    readonly ownBlocks: Table<BlockRow>;
    readonly ownReadMarks: Table<ReadMarkRow>;
    readonly typing: object;
  };
  /** Reducers of the tutorial and of the features. */
  readonly reducers: ChatDb['reducers'] & {
    addReaction(params: Moment & { emoji: string }): Promise<void>;
    removeReaction(params: Moment & { emoji: string }): Promise<void>;
    editMessage(params: { sent: Timestamp; text: string }): Promise<void>;
    deleteOwnMessage(params: { sent: Timestamp }): Promise<void>;
    pinMessage(params: Moment): Promise<void>;
    unpinMessage(params: Moment): Promise<void>;
    setTyping(params: { isTyping: boolean }): Promise<void>;
    markRead(params: { sent: Timestamp }): Promise<void>;
    blockPerson(params: { identity: Identity }): Promise<void>;
    unblockPerson(params: { identity: Identity }): Promise<void>;
    reportMessage(params: Moment & { reason: string }): Promise<void>;
  };
  /** Procedures of the features. */
  readonly procedures: {
    searchMessages(params: {
      text: string;
      before: Timestamp | undefined;
      limit: number;
    }): Promise<readonly MessageRow[]>;
    countUnread(params: object): Promise<{ readonly messages: number; readonly mentions: number }>;
    messageVersions(params: Moment): Promise<readonly { readonly at: Timestamp; readonly text: string }[]>;
  };
}
