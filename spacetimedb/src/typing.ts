import { t } from 'spacetimedb/server';
import { newcomerProblem } from './admission.ts';
import { take } from './bucket.ts';
import { silencedProblem } from './moderation.ts';
import spacetimedb, { type Ctx } from './schema.ts';

const RATE = { burst: 10, perMinute: 60 };

/**
 * The time until which each person's events are paid for (see `bucket.ts`). In memory, because a table would be written
 * with each event. Losing it gives everyone a full bucket, which does no harm.
 */
const paidUntil = new Map<bigint, bigint>();
const MAX_PEOPLE = 10_000;

/**
 * Tells the others that the caller is typing, or has stopped. Nothing happens if they have no name, may not write, or
 * call too often: nobody waits for an answer.
 */
export const set_typing = spacetimedb.reducer({ isTyping: t.bool() }, (ctx, { isTyping }) => {
  if (!mayWrite(ctx) || !isInTime(ctx)) return;
  ctx.db.typing.insert({ person: ctx.sender, isTyping });
});

function mayWrite(ctx: Ctx): boolean {
  return (
    ctx.db.user.identity.find(ctx.sender)?.name !== undefined &&
    silencedProblem(ctx) === undefined &&
    newcomerProblem(ctx) === undefined
  );
}

function isInTime(ctx: Ctx): boolean {
  const person = ctx.sender.__identity__;
  const taken = take(RATE, paidUntil.get(person) ?? 0n, ctx.timestamp.microsSinceUnixEpoch);
  if (!taken.isOk) return false;
  if (paidUntil.size >= MAX_PEOPLE) paidUntil.clear();
  paidUntil.set(person, taken.paidUntil);
  return true;
}
