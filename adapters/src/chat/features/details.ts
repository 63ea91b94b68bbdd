/** Computes the details of a message from the rows that belong to it. */
import type { Identity } from 'spacetimedb';
import { emptyList } from '../../empty.ts';
import { isSame } from '../../sorted-list.ts';
import type { ChatUser } from '../types.ts';
import type { RowsOfMessage } from './annotation-index.ts';
import type { ReplyRow } from './rows.ts';
import type { Mention, MessageDetails, Quote, Reaction } from './types.ts';

/** Prefix of the part of a message that is our reaction with the emoji after it. */
export const REACTION = 'reaction ';

export const noDetails: MessageDetails = {
  reactions: emptyList,
  replyTo: undefined,
  editedAt: undefined,
  mentions: emptyList,
  isPinned: false,
  pendingText: undefined,
  isBeingDeleted: false,
};

/** The data from which the details of a message are computed. */
export interface DetailsSource {
  readonly rows: RowsOfMessage;
  /** The effects of our unsettled calls. */
  readonly pending: ReadonlyMap<string, boolean | string>;
  /** Whether it is ours. */
  readonly isMine: boolean;
  readonly me: ChatUser | undefined;
  userOf(this: void, identity: Identity): ChatUser;
  quoteOf(this: void, reply: ReplyRow): Quote;
}

export function detailsOf({ rows, pending, isMine, me, userOf, quoteOf }: DetailsSource): MessageDetails {
  const [reply] = rows.reply;
  const text = pending.get('text');
  return {
    reactions: reactionsOf(rows, pending, me, userOf),
    replyTo: reply && quoteOf(reply),
    editedAt: rows.messageEdit.at(-1)?.at.toDate(),
    mentions: rows.mention.map(({ name, person, isEveryone }): Mention => {
      const user = isEveryone ? undefined : userOf(person);
      return { name, person: user, isMe: user ? user.isMe : !isMine };
    }),
    isPinned: Boolean(pending.get('pinned') ?? rows.pin.length > 0),
    pendingText: typeof text === 'string' ? text : undefined,
    isBeingDeleted: pending.get('deleted') === true,
  };
}

function reactionsOf(
  { reaction }: RowsOfMessage,
  pending: DetailsSource['pending'],
  me: ChatUser | undefined,
  userOf: DetailsSource['userOf'],
): readonly Reaction[] {
  const byEmoji = new Map<string, Set<ChatUser>>();
  const add = (emoji: string, user: ChatUser): void => {
    const users = byEmoji.get(emoji);
    if (users) users.add(user);
    else byEmoji.set(emoji, new Set([user]));
  };
  for (const { emoji, person } of reaction) {
    const user = userOf(person);
    if (!user.isMe || pending.get(REACTION + emoji) !== false) add(emoji, user);
  }
  for (const [part, value] of pending) {
    if (me && part.startsWith(REACTION) && value === true) add(part.slice(REACTION.length), me);
  }
  return [...byEmoji].map(([emoji, users]): Reaction => {
    const people = [...users];
    return { emoji, count: people.length, isMine: people.some(({ isMe }) => isMe), people };
  });
}

/** `after` with the equal parts of `before`, or `before` itself if all parts are equal. */
export function keepSame(before: MessageDetails, after: MessageDetails): MessageDetails {
  const kept: MessageDetails = {
    ...after,
    reactions: keepItems(before.reactions, after.reactions, ({ emoji }) => emoji),
    mentions: keepItems(before.mentions, after.mentions, ({ name }) => name),
    replyTo: before.replyTo && after.replyTo ? keepIfSame(before.replyTo, after.replyTo) : after.replyTo,
    editedAt: isEqual(before.editedAt, after.editedAt) ? before.editedAt : after.editedAt,
  };
  return keepIfSame(before, kept);
}

function keepItems<T extends object>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] {
  const items = after.map((item) => {
    const known = before.find((other) => keyOf(other) === keyOf(item));
    return known ? keepIfSame(known, item) : item;
  });
  return isSame(before, items) ? before : items;
}

function keepIfSame<T extends object>(before: T, after: T): T {
  const isUnchanged = (Object.keys(after) as (keyof T)[]).every((key) => isEqual(before[key], after[key]));
  return isUnchanged ? before : after;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) return isSame(a, b);
  return Object.is(a, b);
}
