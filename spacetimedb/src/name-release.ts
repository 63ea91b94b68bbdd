/**
 * When others may take a name. A released name is still shown until someone takes it. Then its former owner gets a
 * guest name.
 */
import type { Identity } from 'spacetimedb';
import { t } from 'spacetimedb/server';
import { DAY } from './duration.ts';
import { oldestKept } from './retention.ts';
import spacetimedb, { type Ctx } from './schema.ts';
import { requireOwner, type ViewContext } from './staff.ts';

const DEFAULT_RULE = { id: 0, awayDays: 30 };

const TIDIED = 1;

/**
 * Sets after how many days of absence a name is released. Names of people whose messages are still here are never
 * released this way, nor those of the owner and the moderators. For the owner.
 *
 * @param awayDays 30 by default; 0 to keep such names for good
 */
export const set_name_release = spacetimedb.reducer({ awayDays: t.u32() }, (ctx, { awayDays }) => {
  requireOwner(ctx);
  ctx.db.nameRule.id.delete(DEFAULT_RULE.id);
  ctx.db.nameRule.insert({ id: DEFAULT_RULE.id, awayDays });
});

/** The settings of `set_name_release`. */
export function nameRuleOf({ db }: Pick<ViewContext, 'db'>) {
  return db.nameRule.id.find(DEFAULT_RULE.id) ?? DEFAULT_RULE;
}

/** Releases the caller's name once their connections are closed. They get it back if they return before it is taken. */
export const sign_out = spacetimedb.reducer((ctx) => {
  if (ctx.db.user.identity.find(ctx.sender)?.name === undefined) return;
  ctx.db.absence.identity.delete(ctx.sender);
  ctx.db.absence.insert({ identity: ctx.sender, since: ctx.timestamp, isSignedOut: true });
});

/** May others take this person's name? */
export function isReleased(ctx: Ctx, identity: Identity): boolean {
  const absence = ctx.db.absence.identity.find(identity);
  if (!absence || ctx.db.staff.identity.find(identity)) return false;
  for (const _ of ctx.db.liveConnection.identity.filter(identity)) return false;
  if (absence.isSignedOut) return true;
  const { awayDays } = nameRuleOf(ctx);
  const since = absence.since.microsSinceUnixEpoch;
  const isLongAgo = since + DAY * BigInt(awayDays) <= ctx.timestamp.microsSinceUnixEpoch;
  return awayDays > 0 && isLongAgo && !mayHaveMessages(ctx, identity, since);
}

/**
 * Messages are not indexed by author, but the time of their last message is known, and everything older than the oldest
 * kept message has been deleted. A message that a moderator deleted counts as kept, because it can be restored.
 */
function mayHaveMessages(ctx: Ctx, identity: Identity, absentSince: bigint): boolean {
  const pace = ctx.db.pace.identity.find(identity);
  // People without a recorded first visit may have written before it was recorded, or on another server.
  const isRecorded = pace !== null && pace.firstSeen.microsSinceUnixEpoch > 0n;
  if (isRecorded && pace.repeats === 0) return false;
  const last = pace?.lastSent.microsSinceUnixEpoch || absentSince;
  const oldest = oldestKept(ctx);
  return oldest === undefined || oldest <= last;
}

/** Records that someone with a name is away. */
export function noteAbsence(ctx: Ctx, identity: Identity): void {
  if (ctx.db.user.identity.find(identity)?.name === undefined) return;
  if (ctx.db.absence.identity.find(identity)) return;
  ctx.db.absence.insert({ identity, since: ctx.timestamp, isSignedOut: false });
}

/** Forgets the absence of someone who is back, or who has no name any more. */
export function forgetAbsence(ctx: Ctx, identity: Identity): void {
  ctx.db.absence.identity.delete(identity);
}

/** In a room from before absences were recorded, everyone who is not here counts as away from now on. Runs once. */
export function noteAbsentPeople(ctx: Ctx): void {
  if (ctx.db.tidied.id.find(TIDIED)) return;
  ctx.db.tidied.insert({ id: TIDIED });
  for (const { identity, online } of [...ctx.db.user.iter()]) if (!online) noteAbsence(ctx, identity);
}
