/** Who may write when newcomers may not write at once. */
import { t } from 'spacetimedb/server';
import { MINUTE, duration } from './duration.ts';
import { hasActed } from './flood.ts';
import { refuse } from './refuse.ts';
import spacetimedb, { type Ctx } from './schema.ts';
import { isModerator, record, requireModerator, requireOwner, type ViewContext } from './staff.ts';
import { timestamp } from './time.ts';

const ROW_ID = 0;

/**
 * Sets when newcomers may write. People who wrote or chose a name before are not newcomers. For the owner.
 *
 * Unlike mutes and bans, this also works against people who return with a new identity.
 *
 * @param policy `open`: at once, the default; `wait`: `minutes` after they choose a name; `approve`: once a moderator
 * approves them, after they choose a name
 */
export const set_admission = spacetimedb.reducer(
  { policy: t.string(), minutes: t.u32() },
  (ctx, { policy, minutes }) => {
    requireOwner(ctx);
    if (!['open', 'wait', 'approve'].includes(policy)) {
      refuse('The policy is “open”, “wait” or “approve”');
    }
    ctx.db.admission.id.delete(ROW_ID);
    if (policy === 'open') for (const row of [...ctx.db.newcomer.iter()]) ctx.db.newcomer.delete(row);
    else ctx.db.admission.insert({ id: ROW_ID, policy, minutes: policy === 'wait' ? minutes : 0 });
  },
);

/** Lets a newcomer write. For moderators. */
export const approve_user = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  requireModerator(ctx);
  if (!ctx.db.newcomer.identity.delete(identity)) refuse('They are not waiting for approval');
  record(ctx, { action: 'approve_user', subject: identity });
});

/** The settings of `set_admission`. */
export function admissionOf({ db }: Pick<ViewContext, 'db'>) {
  return db.admission.id.find(ROW_ID) ?? { id: ROW_ID, policy: 'open', minutes: 0 };
}

/** When a newcomer who has chosen a name may write; undefined if that needs an approval or the policy is `open`. */
export function waitsUntil({ db }: Pick<ViewContext, 'db'>, since: bigint) {
  const { policy, minutes } = admissionOf({ db });
  return policy === 'wait' ? timestamp(since + MINUTE * BigInt(minutes)) : undefined;
}

/** Records that the caller chose their first name. Call it before the name is counted. */
export function noteNewcomer(ctx: Ctx): void {
  if (admissionOf(ctx).policy === 'open' || isModerator(ctx) || hasActed(ctx, ctx.sender)) return;
  ctx.db.newcomer.insert({ identity: ctx.sender, since: ctx.timestamp });
}

/** Why the caller may not write yet; `undefined` if they may. */
export function newcomerProblem(ctx: Ctx): string | undefined {
  const { policy, minutes } = admissionOf(ctx);
  if (policy === 'open' || isModerator(ctx)) return undefined;
  const row = ctx.db.newcomer.identity.find(ctx.sender);
  if (!row) {
    if (hasActed(ctx, ctx.sender)) return undefined;
    return policy === 'wait'
      ? `Choose a name first. You can write ${duration(MINUTE * BigInt(minutes))} later`
      : 'Choose a name first. A moderator then lets you write';
  }
  const until = waitsUntil(ctx, row.since.microsSinceUnixEpoch);
  if (!until) return 'You can write once a moderator approves you';
  const left = until.microsSinceUnixEpoch - ctx.timestamp.microsSinceUnixEpoch;
  return left > 0n ? `You are new here. You can write in ${duration(left)}` : undefined;
}

/** Call it before the act is counted. @throws {SenderError} when the caller may not write yet */
export function refuseNewcomer(ctx: Ctx): void {
  refuse(newcomerProblem(ctx));
  // Under the policy `open` there are no such rows.
  ctx.db.newcomer.identity.delete(ctx.sender);
}
