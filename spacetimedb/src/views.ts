/**
 * Data that not everyone may see. A view returns different rows to each caller, so the tables behind it stay private.
 * Row-level security could do the same, but SpacetimeDB calls it experimental and recommends views. The names here
 * are in camel case for the bindings; in SQL they are `moderation_log` and so on.
 */
import type { Identity } from 'spacetimedb';
import { Range, t } from 'spacetimedb/server';
import { admissionOf, waitsUntil } from './admission.ts';
import { hasActed, limitsOf, roomLimitsOf } from './flood.ts';
import { nameRuleOf } from './name-release.ts';
import { keptMessages } from './retention.ts';
import spacetimedb, { actColumns, floodLimitColumns, roomLimitColumns } from './schema.ts';
import { isModerator, isOwner, recentActs, type ViewContext } from './staff.ts';

const personStanding = t.row('PersonStanding', {
  identity: t.identity().primaryKey(),
  /** `owner`, `moderator`, or absent. */
  role: t.string().optional(),
  /** They cannot write before this time. A past time stays until they write again. */
  mutedUntil: t.timestamp().optional(),
  bannedSince: t.timestamp().optional(),
  /** The reason of their ban or, without a ban, of their mute. */
  reason: t.string(),
});

/** Roles, mutes and bans: of everyone for moderators, of themselves for others. */
export const standing = spacetimedb.view({ public: true }, t.array(personStanding), (ctx) => {
  if (!isModerator(ctx)) return standingOf(ctx, ctx.sender);
  const { staff, mute, ban } = ctx.db;
  const people = new Map(
    [
      ...staff.role.filter(new Range()),
      ...mute.until.filter(new Range()),
      ...ban.since.filter(new Range()),
    ].map(({ identity }) => [identity.toHexString(), identity]),
  );
  return [...people.values()].flatMap((identity) => standingOf(ctx, identity));
});

function standingOf({ db }: ViewContext, identity: Identity) {
  const role = db.staff.identity.find(identity)?.role;
  const muted = db.mute.identity.find(identity);
  const banned = db.ban.identity.find(identity);
  if (role === undefined && !muted && !banned) return [];
  const reason = (banned ?? muted)?.reason ?? '';
  return [{ identity, role, mutedUntil: muted?.until, bannedSince: banned?.since, reason }];
}

const roomStaffMember = t.row('RoomStaffMember', {
  identity: t.identity().primaryKey(),
  /** `owner` or `moderator`. */
  role: t.string(),
});

/** For everyone: who owns and moderates the room. */
export const roomStaff = spacetimedb.view({ public: true }, t.array(roomStaffMember), ({ db }) => [
  ...db.staff.role.filter(new Range()),
]);

const recordedAct = t.row('RecordedAct', {
  ...actColumns,
  /** The message that this act deleted, while it can be restored. */
  deletedText: t.string().optional(),
});

/** For moderators: the record of their actions, at least the last 200. */
export const moderationLog = spacetimedb.view({ public: true }, t.array(recordedAct), (ctx) =>
  isModerator(ctx)
    ? recentActs(ctx).map(({ page: _, ...act }) => ({
        ...act,
        deletedText:
          act.action === 'delete_message' ? ctx.db.deletedMessage.act.find(act.id)?.text : undefined,
      }))
    : [],
);

const settings = t.row('Settings', {
  id: t.u8().primaryKey(),
  keepMessages: t.u32(),
  keepDays: t.u32(),
  ...floodLimitColumns,
  ...roomLimitColumns,
  admission: t.string(),
  admissionMinutes: t.u32(),
  awayDays: t.u32(),
});

/** For the owner: the room's settings, or the defaults. */
export const roomSettings = spacetimedb.view({ public: true }, t.option(settings), (ctx) =>
  isOwner(ctx) ? settingsOf(ctx) : undefined,
);

function settingsOf(ctx: ViewContext) {
  const { policy, minutes } = admissionOf(ctx);
  return {
    ...keptMessages(ctx),
    ...limitsOf(ctx),
    ...roomLimitsOf(ctx),
    admission: policy,
    admissionMinutes: minutes,
    awayDays: nameRuleOf(ctx).awayDays,
  };
}

const ownAdmission = t.row('OwnAdmission', {
  identity: t.identity().primaryKey(),
  /** `wait` or `approve`. */
  policy: t.string(),
  /** Have they chosen a name? Their wait starts then. */
  isWaiting: t.bool(),
  /** When they may write; absent if that needs an approval. */
  until: t.timestamp().optional(),
  /** The length of the wait, for `wait`. */
  minutes: t.u32(),
});

/** Why the caller may not write yet, or not before `until`. No row if they may write. */
export const ownAdmissions = spacetimedb.view({ public: true }, t.option(ownAdmission), (ctx) => {
  const { policy, minutes } = admissionOf(ctx);
  if (policy === 'open' || isModerator(ctx)) return undefined;
  const row = ctx.db.newcomer.identity.find(ctx.sender);
  if (!row && hasActed(ctx, ctx.sender)) return undefined;
  const until = row ? waitsUntil(ctx, row.since.microsSinceUnixEpoch) : undefined;
  return { identity: ctx.sender, policy, minutes, isWaiting: row !== null, until };
});

const waitingPerson = t.row('WaitingPerson', {
  identity: t.identity().primaryKey(),
  since: t.timestamp(),
});

/** For moderators: people who have chosen a name and wait for approval. */
export const waitingPeople = spacetimedb.view({ public: true }, t.array(waitingPerson), (ctx) =>
  isModerator(ctx) && admissionOf(ctx).policy === 'approve'
    ? [...ctx.db.newcomer.since.filter(new Range())]
    : [],
);
