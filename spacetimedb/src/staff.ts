import type { Identity, Timestamp } from 'spacetimedb';
import { t } from 'spacetimedb/server';
import { refuse } from './refuse.ts';
import spacetimedb, { type Ctx } from './schema.ts';

/** The publisher, who is the caller of `init`, owns the room. */
export function makeOwner(ctx: Ctx): void {
  ctx.db.staff.insert({ identity: ctx.sender, role: 'owner' });
}

/** @throws {SenderError} when the caller is not the owner */
export function requireOwner(ctx: Ctx): void {
  if (ctx.db.staff.identity.find(ctx.sender)?.role !== 'owner')
    refuse('Only the owner of the room may do this');
}

/** @throws {SenderError} when the caller is neither a moderator nor the owner */
export function requireModerator(ctx: Ctx): void {
  if (!ctx.db.staff.identity.find(ctx.sender)) refuse('Only moderators may do this');
}

/** Makes somebody a moderator. For the owner. */
export const appoint_moderator = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  requireOwner(ctx);
  if (!ctx.db.user.identity.find(identity)) refuse('There is no such person');
  if (ctx.db.staff.identity.find(identity)) refuse('They are a moderator already');
  ctx.db.staff.insert({ identity, role: 'moderator' });
  record(ctx, { action: 'appoint_moderator', subject: identity });
});

/** Makes a moderator an ordinary person again. For the owner. */
export const dismiss_moderator = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  requireOwner(ctx);
  if (ctx.db.staff.identity.find(identity)?.role !== 'moderator') refuse('They are not a moderator');
  ctx.db.staff.identity.delete(identity);
  record(ctx, { action: 'dismiss_moderator', subject: identity });
});

/** Something that the owner or a moderator did. */
interface Act {
  readonly action: string;
  readonly subject: Identity;
  readonly sent?: Timestamp;
  readonly until?: Timestamp;
  readonly reason?: string;
}

/** Writes down what the caller did. @returns the number under which it stands */
export function record(ctx: Ctx, { action, subject, sent, until, reason = '' }: Act): bigint {
  const { timestamp: at, sender: actor } = ctx;
  return ctx.db.moderationAct.insert({ id: 0n, at, actor, action, subject, sent, until, reason }).id;
}
