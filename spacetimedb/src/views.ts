/**
 * What is not for everybody to see. A view has other rows for each who asks, so the tables behind it stay private;
 * row-level security could do the same, but SpacetimeDB calls it experimental and recommends views. Their names are written
 * as bindings want them; in SQL they are `moderation_log` and so on.
 */
import type { Identity } from 'spacetimedb';
import { Range, t } from 'spacetimedb/server';
import { limitsOf } from './flood.ts';
import { keptMessages } from './retention.ts';
import spacetimedb, { actColumns, floodLimitColumns } from './schema.ts';
import { isModerator, isOwner, recentActs, type ViewContext } from './staff.ts';

const personStanding = t.row('PersonStanding', {
  identity: t.identity().primaryKey(),
  /** `owner`, `moderator`, or absent. */
  role: t.string().optional(),
  /** They cannot write before. A time that is over stays until they write again. */
  mutedUntil: t.timestamp().optional(),
  bannedSince: t.timestamp().optional(),
  /** Why they are banned or, if they are not, muted. */
  reason: t.string(),
});

/**
 * How people stand in this room: everybody with a role, muted or banned for moderators, and for others at most the one
 * who asks.
 */
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

const recordedAct = t.row('RecordedAct', {
  ...actColumns,
  /** The message that it deleted, as long as that can be put back. */
  deletedText: t.string().optional(),
});

/** For moderators: the record of what they did, from at least 200 acts ago. */
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
});

/** For the owner: what `set_retention` and `set_flood_limits` have set, or what holds without that. */
export const roomSettings = spacetimedb.view({ public: true }, t.option(settings), (ctx) =>
  isOwner(ctx) ? { ...keptMessages(ctx), ...limitsOf(ctx) } : undefined,
);
