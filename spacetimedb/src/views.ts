/**
 * What is not for everybody to see. A view has other rows for each who asks, so the tables behind it stay private;
 * row-level security could do the same, but SpacetimeDB calls it experimental and recommends views. Their names are written
 * as bindings want them; in SQL they are `my_role` and so on.
 */
import { Range, t } from 'spacetimedb/server';
import spacetimedb, { ban, moderationAct, mute, staff } from './schema.ts';
import { isModerator, recentActs } from './staff.ts';

/** Whether the one who asks owns the room or moderates it: one row or none. */
export const myRole = spacetimedb.view(
  { public: true },
  t.option(staff.rowType),
  (ctx) => ctx.db.staff.identity.find(ctx.sender) ?? undefined,
);

/** For moderators: the record of what they did, from at least 200 acts ago. */
export const moderationLog = spacetimedb.view({ public: true }, t.array(moderationAct.rowType), (ctx) =>
  isModerator(ctx) ? recentActs(ctx) : [],
);

/** For moderators: who is muted. Those whose time is over stay listed until they write again. */
export const mutedUser = spacetimedb.view({ public: true }, t.array(mute.rowType), (ctx) =>
  isModerator(ctx) ? [...ctx.db.mute.until.filter(new Range())] : [],
);

/** For moderators: who is banned. */
export const bannedUser = spacetimedb.view({ public: true }, t.array(ban.rowType), (ctx) =>
  isModerator(ctx) ? [...ctx.db.ban.since.filter(new Range())] : [],
);
