import type { Identity, Timestamp } from 'spacetimedb';
import { take, type Rate } from './bucket.ts';
import { MINUTE, duration } from './duration.ts';
import { refuse } from './refuse.ts';
import spacetimedb, { floodLimitColumns, roomLimitColumns, type Ctx } from './schema.ts';
import { isModerator, requireOwner, type ViewContext } from './staff.ts';
import { timestamp } from './time.ts';

/**
 * The default limits per person: enough for a lively conversation, too little for a bot. Even a newcomer, who chooses a
 * name first, can then paste ten lines at once.
 */
const DEFAULT_LIMITS = {
  id: 0,
  burst: 20,
  perMinute: 60,
  newcomerBurst: 12,
  newcomerPerMinute: 40,
  newcomerMinutes: 5,
  repeats: 3,
  connections: 20,
};

/**
 * The default limits of the whole room. Identities are free, so limits per person alone would stop nobody.
 */
const DEFAULT_ROOM_LIMITS = { id: 0, messagesPerSecond: 20, messageBurst: 60, namesPerMinute: 30 };

const ROOM_MESSAGES = 0;
const ROOM_NAMES = 1;
const ROOM_REACTIONS = 2;

/** How a refusal describes what many people are doing. */
const ROOM_ACTS: Readonly<Record<number, string>> = {
  [ROOM_MESSAGES]: 'Many people are writing',
  [ROOM_NAMES]: 'Many people are choosing a name',
  [ROOM_REACTIONS]: 'Many people are reacting',
};

const NEVER = timestamp(0n);

/** Sending the same text again within this time counts as a repetition. */
const REPEAT_WINDOW = MINUTE;

/**
 * Sets how much one person may do. 0 removes a limit: `perMinute` or `newcomerPerMinute` (messages and name changes,
 * with up to `burst` at once), `repeats` (the same text in a row within a minute) and `connections`. People are
 * newcomers for the first `newcomerMinutes`. For the owner.
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
 * Sets how much everyone together may do. 0 removes a limit: `messagesPerSecond`, with up to `messageBurst` at once,
 * and `namesPerMinute` (first names). Moderators are not limited. For the owner.
 */
export const set_room_limits = spacetimedb.reducer(roomLimitColumns, (ctx, limits) => {
  requireOwner(ctx);
  ctx.db.roomLimits.id.delete(DEFAULT_ROOM_LIMITS.id);
  ctx.db.roomLimits.insert({ id: DEFAULT_ROOM_LIMITS.id, ...limits });
});

export function roomLimitsOf({ db }: Pick<ViewContext, 'db'>) {
  return db.roomLimits.id.find(DEFAULT_ROOM_LIMITS.id) ?? DEFAULT_ROOM_LIMITS;
}

/** Counts a message against the room's limit. @throws {SenderError} when the limit is exceeded */
export function countRoomMessage(ctx: Ctx): void {
  const { messagesPerSecond, messageBurst } = roomLimitsOf(ctx);
  countInRoom(ctx, ROOM_MESSAGES, { burst: messageBurst, perMinute: messagesPerSecond * 60 });
}

/**
 * Counts a reaction against the room's limit for reactions, which is as high as that for messages.
 *
 * @throws {SenderError} when the limit is exceeded
 */
export function countRoomReaction(ctx: Ctx): void {
  const { messagesPerSecond, messageBurst } = roomLimitsOf(ctx);
  countInRoom(ctx, ROOM_REACTIONS, { burst: messageBurst, perMinute: messagesPerSecond * 60 });
}

/** Counts a first name against the room's limit. @throws {SenderError} when the limit is exceeded */
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
    refuse(`${ROOM_ACTS[id]} right now. Try again in ${duration(taken.wait)}`);
  }
  const row = { id, paidUntil: timestamp(taken.paidUntil) };
  if (known) ctx.db.roomPace.id.update(row);
  else ctx.db.roomPace.insert(row);
}

/** Counts a message, a name change or anything else of the caller that others can see. @throws {SenderError} when the limit is exceeded */
export function countAct(ctx: Ctx): void {
  const limits = limitsOf(ctx);
  const pace = paceOf(ctx);
  const now = ctx.timestamp.microsSinceUnixEpoch;
  const age = now - pace.firstSeen.microsSinceUnixEpoch;
  // A start time in the future was recorded before the clock was set back.
  const isNewcomer = age >= 0n && age < MINUTE * BigInt(limits.newcomerMinutes);
  const rate = isNewcomer ? { burst: limits.newcomerBurst, perMinute: limits.newcomerPerMinute } : limits;
  const taken = take(rate, pace.paidUntil.microsSinceUnixEpoch, now);
  if (!taken.isOk) refuse(`Slow down a little. Try again in ${duration(taken.wait)}`);
  ctx.db.pace.identity.update({ ...pace, paidUntil: timestamp(taken.paidUntil) });
}

/** Counts repeated texts. Call it after `countAct`. @throws {SenderError} when the limit is exceeded */
export function countText(ctx: Ctx, text: string): void {
  const { repeats: allowed } = limitsOf(ctx);
  const pace = paceOf(ctx);
  const lastText = fingerprint(text);
  const elapsed = ctx.timestamp.microsSinceUnixEpoch - pace.lastSent.microsSinceUnixEpoch;
  const isRecent = elapsed >= 0n && elapsed < REPEAT_WINDOW;
  const isRepeated = pace.repeats > 0 && lastText === pace.lastText && isRecent;
  const repeats = isRepeated ? pace.repeats + 1 : 1;
  if (allowed > 0 && repeats > allowed) {
    refuse(`You just sent that. Wait ${duration(REPEAT_WINDOW - elapsed)} to send it again`);
  }
  ctx.db.pace.identity.update({ ...pace, lastText, lastSent: ctx.timestamp, repeats });
}

/** Call it before the new connection is recorded. @throws {SenderError} when the caller has too many connections */
export function checkConnections(ctx: Ctx): void {
  const { connections: allowed } = limitsOf(ctx);
  if (allowed === 0) return;
  let open = 0;
  for (const _ of ctx.db.liveConnection.identity.filter(ctx.sender)) open++;
  if (open >= allowed) refuse(`You are already connected ${allowed} times. Close one of your windows first`);
}

/** People who chose a name before flood control recorded it are not newcomers. */
export function noteArrival(ctx: Ctx): void {
  noteMember(ctx);
  const name = ctx.db.user.identity.find(ctx.sender)?.name;
  if (name === undefined || ctx.db.pace.identity.find(ctx.sender)) return;
  ctx.db.pace.insert(emptyPace(ctx, NEVER));
}

/** Records someone who wrote before flood control recorded it. */
export function noteAuthor(ctx: Ctx, identity: Identity): void {
  ctx.db.pace.identity.delete(identity);
  ctx.db.pace.insert({ ...emptyPace(ctx, NEVER), identity, repeats: 1 });
}

/** Has this person ever chosen a name or written? */
export function hasActed({ db }: Pick<ViewContext, 'db'>, identity: Identity): boolean {
  if (db.user.identity.find(identity)?.name !== undefined) return true;
  const pace = db.pace.identity.find(identity);
  return pace !== null && (pace.repeats > 0 || pace.paidUntil.microsSinceUnixEpoch > 0n);
}

function paceOf(ctx: Ctx) {
  const known = ctx.db.pace.identity.find(ctx.sender);
  if (known) return known;
  const fresh = ctx.db.pace.insert(emptyPace(ctx, ctx.timestamp));
  noteMember(ctx);
  return fresh;
}

/** Publishes when the caller first chose a name or wrote, also for people from before this was recorded. */
function noteMember(ctx: Ctx): void {
  const since = ctx.db.pace.identity.find(ctx.sender)?.firstSeen;
  if (!since || since.microsSinceUnixEpoch === 0n || ctx.db.member.identity.find(ctx.sender)) return;
  ctx.db.member.insert({ identity: ctx.sender, since });
}

function emptyPace(ctx: Ctx, firstSeen: Timestamp) {
  return { identity: ctx.sender, firstSeen, paidUntil: NEVER, lastText: 0, lastSent: NEVER, repeats: 0 };
}

/** FNV-1a of the text, ignoring case and space. Only a hash is kept, so that deleting a message deletes its text. */
function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text.toLowerCase().replace(/\s+/g, '')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}
