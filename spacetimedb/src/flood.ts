import type { Identity, Timestamp } from 'spacetimedb';
import { take, type Rate } from './bucket.ts';
import { refuse } from './refuse.ts';
import spacetimedb, { floodLimitColumns, roomLimitColumns, type Ctx } from './schema.ts';
import { isModerator, requireOwner, type ViewContext } from './staff.ts';
import { MINUTE, duration, timestamp } from './time.ts';

/** What holds until the owner sets something else: room for a lively talk, none for a script. */
const DEFAULT_LIMITS = {
  id: 0,
  burst: 10,
  perMinute: 60,
  newcomerBurst: 5,
  newcomerPerMinute: 20,
  newcomerMinutes: 5,
  repeats: 3,
  connections: 20,
};

/**
 * What holds for the whole room until the owner sets something else. Identities cost nothing, so the limits of one
 * person alone would stop nobody.
 */
const DEFAULT_ROOM_LIMITS = { id: 0, messagesPerSecond: 20, messageBurst: 60, namesPerMinute: 30 };

const ROOM_MESSAGES = 0;
const ROOM_NAMES = 1;

const NEVER = timestamp(0n);

/** Within this time the same text again is a repetition. */
const REPEAT_WINDOW = MINUTE;

/**
 * Sets how much one person may do. 0 sets no limit: to `perMinute` or `newcomerPerMinute` (messages and changes of name,
 * of which `burst` may come at once), to `repeats` (the same text in a row within a minute) and to `connections`. People
 * are newcomers for the first `newcomerMinutes`. For the owner.
 */
export const set_flood_limits = spacetimedb.reducer(floodLimitColumns, (ctx, limits) => {
  requireOwner(ctx);
  ctx.db.floodLimits.id.delete(DEFAULT_LIMITS.id);
  ctx.db.floodLimits.insert({ id: DEFAULT_LIMITS.id, ...limits });
});

export function limitsOf({ db }: Pick<ViewContext, 'db'>) {
  return db.floodLimits.id.find(DEFAULT_LIMITS.id) ?? DEFAULT_LIMITS;
}

/**
 * Sets how much everybody together may do. 0 sets no limit: to `messagesPerSecond`, of which `messageBurst` may come at
 * once, and to `namesPerMinute`, the first names of people. Moderators are not counted. For the owner.
 */
export const set_room_limits = spacetimedb.reducer(roomLimitColumns, (ctx, limits) => {
  requireOwner(ctx);
  ctx.db.roomLimits.id.delete(DEFAULT_ROOM_LIMITS.id);
  ctx.db.roomLimits.insert({ id: DEFAULT_ROOM_LIMITS.id, ...limits });
});

export function roomLimitsOf({ db }: Pick<ViewContext, 'db'>) {
  return db.roomLimits.id.find(DEFAULT_ROOM_LIMITS.id) ?? DEFAULT_ROOM_LIMITS;
}

/** Counts a message for the whole room. @throws {SenderError} when there are too many */
export function countRoomMessage(ctx: Ctx): void {
  const { messagesPerSecond, messageBurst } = roomLimitsOf(ctx);
  countInRoom(ctx, ROOM_MESSAGES, { burst: messageBurst, perMinute: messagesPerSecond * 60 });
}

/** Counts the first name of somebody for the whole room. @throws {SenderError} when there are too many */
export function countNewName(ctx: Ctx): void {
  const { namesPerMinute } = roomLimitsOf(ctx);
  countInRoom(ctx, ROOM_NAMES, { burst: namesPerMinute, perMinute: namesPerMinute });
}

function countInRoom(ctx: Ctx, id: number, rate: Rate): void {
  if (isModerator(ctx)) return;
  const known = ctx.db.roomPace.id.find(id);
  const paid = known?.paidUntil.microsSinceUnixEpoch ?? 0n;
  const taken = take(rate, paid, ctx.timestamp.microsSinceUnixEpoch);
  if (!taken.isOk) {
    const what = id === ROOM_MESSAGES ? 'Many people are writing' : 'Many people are choosing a name';
    refuse(`${what} right now. Try again in ${duration(taken.wait)}`);
  }
  const row = { id, paidUntil: timestamp(taken.paidUntil) };
  if (known) ctx.db.roomPace.id.update(row);
  else ctx.db.roomPace.insert(row);
}

/** Counts something that the caller does in front of everybody. @throws {SenderError} when it is too much */
export function countAct(ctx: Ctx): void {
  const limits = limitsOf(ctx);
  const pace = paceOf(ctx);
  const now = ctx.timestamp.microsSinceUnixEpoch;
  const age = now - pace.firstSeen.microsSinceUnixEpoch;
  // Who comes from the future was here before the clock was set back.
  const isNewcomer = age >= 0n && age < MINUTE * BigInt(limits.newcomerMinutes);
  const rate = isNewcomer ? { burst: limits.newcomerBurst, perMinute: limits.newcomerPerMinute } : limits;
  const taken = take(rate, pace.paidUntil.microsSinceUnixEpoch, now);
  if (!taken.isOk) refuse(`You are too fast: wait ${duration(taken.wait)}`);
  ctx.db.pace.identity.update({ ...pace, paidUntil: timestamp(taken.paidUntil) });
}

/** Counts the same text in a row. To be called after `countAct`. @throws {SenderError} when it is too much */
export function countText(ctx: Ctx, text: string): void {
  const { repeats: allowed } = limitsOf(ctx);
  const pace = paceOf(ctx);
  const lastText = fingerprint(text);
  const elapsed = ctx.timestamp.microsSinceUnixEpoch - pace.lastSent.microsSinceUnixEpoch;
  const isRecent = elapsed >= 0n && elapsed < REPEAT_WINDOW;
  const isRepeated = pace.repeats > 0 && lastText === pace.lastText && isRecent;
  const repeats = isRepeated ? pace.repeats + 1 : 1;
  if (allowed > 0 && repeats > allowed) {
    refuse(`You have just said that: say something else, or wait ${duration(REPEAT_WINDOW - elapsed)}`);
  }
  ctx.db.pace.identity.update({ ...pace, lastText, lastSent: ctx.timestamp, repeats });
}

/** Before the caller's new connection is noted down. @throws {SenderError} when they have too many already */
export function checkConnections(ctx: Ctx): void {
  const { connections: allowed } = limitsOf(ctx);
  if (allowed === 0) return;
  let open = 0;
  for (const _ of ctx.db.liveConnection.identity.filter(ctx.sender)) open++;
  if (open >= allowed) refuse(`You are connected ${allowed} times already: close one of your windows first`);
}

/** People who chose a name before notes were made are no newcomers. */
export function noteArrival(ctx: Ctx): void {
  const name = ctx.db.user.identity.find(ctx.sender)?.name;
  if (name === undefined || ctx.db.pace.identity.find(ctx.sender)) return;
  ctx.db.pace.insert(emptyPace(ctx, NEVER));
}

/** Notes that somebody wrote before notes were made. */
export function noteAuthor(ctx: Ctx, identity: Identity): void {
  ctx.db.pace.identity.delete(identity);
  ctx.db.pace.insert({ ...emptyPace(ctx, NEVER), identity, repeats: 1 });
}

/** Whether somebody ever chose a name or wrote. */
export function hasActed({ db }: Pick<ViewContext, 'db'>, identity: Identity): boolean {
  if (db.user.identity.find(identity)?.name !== undefined) return true;
  const pace = db.pace.identity.find(identity);
  return pace !== null && (pace.repeats > 0 || pace.paidUntil.microsSinceUnixEpoch > 0n);
}

function paceOf(ctx: Ctx) {
  const known = ctx.db.pace.identity.find(ctx.sender);
  return known ?? ctx.db.pace.insert(emptyPace(ctx, ctx.timestamp));
}

function emptyPace(ctx: Ctx, firstSeen: Timestamp) {
  return { identity: ctx.sender, firstSeen, paidUntil: NEVER, lastText: 0, lastSent: NEVER, repeats: 0 };
}

/** FNV-1a of the text without regard to case and space: the text itself is nobody's to keep once it is deleted. */
function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text.toLowerCase().replace(/\s+/g, '')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
