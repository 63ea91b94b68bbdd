import type { Identity, Timestamp } from 'spacetimedb';
import { t, type ViewCtx } from 'spacetimedb/server';
import { refuse } from './refuse.ts';
import spacetimedb, { type Ctx, type Schema } from './schema.ts';

/** Makes the publisher, who is the caller of `init`, the owner of the room. */
export function makeOwner(ctx: Ctx): void {
  ctx.db.staff.insert({ identity: ctx.sender, role: 'owner' });
}

/** @throws {SenderError} when the caller is not the owner */
export function requireOwner(ctx: Ctx): void {
  if (!isOwner(ctx)) refuse('Only the owner of the room may do this');
}

/** The context of a reducer or a view. */
export interface ViewContext {
  readonly sender: Identity;
  readonly db: ViewCtx<Schema>['db'];
}

export function isOwner({ db, sender }: ViewContext): boolean {
  return db.staff.identity.find(sender)?.role === 'owner';
}

export function isModerator({ db, sender }: ViewContext): boolean {
  return db.staff.identity.find(sender) !== null;
}

/** The record of moderation: at least the last 200 acts, if there are that many. */
export function recentActs({ db }: Pick<ViewContext, 'db'>) {
  const last = lastPage({ db });
  return [...db.moderationAct.page.filter(last), ...(last > 0 ? db.moderationAct.page.filter(last - 1) : [])];
}

/** @throws {SenderError} when the caller is neither a moderator nor the owner */
export function requireModerator(ctx: Ctx): void {
  if (!isModerator(ctx)) refuse('Only moderators may do this');
}

/** Makes someone a moderator. For the owner. */
export const appoint_moderator = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  requireOwner(ctx);
  if (!ctx.db.user.identity.find(identity)) refuse('Person not found');
  if (ctx.db.staff.identity.find(identity)) refuse('They are already a moderator');
  if (ctx.db.ban.identity.find(identity)) refuse('They are banned: lift the ban first');
  ctx.db.staff.insert({ identity, role: 'moderator' });
  record(ctx, { action: 'appoint_moderator', subject: identity });
});

/** Removes a moderator's rights. For the owner. */
export const dismiss_moderator = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  requireOwner(ctx);
  if (ctx.db.staff.identity.find(identity)?.role !== 'moderator') refuse('They are not a moderator');
  ctx.db.staff.identity.delete(identity);
  record(ctx, { action: 'dismiss_moderator', subject: identity });
});

/** An action of the owner or a moderator. */
interface Act {
  readonly action: string;
  readonly subject: Identity;
  readonly sent?: Timestamp;
  readonly until?: Timestamp;
  readonly reason?: string;
}

const PAGE_SIZE = 200;

/** The page that is being written. Nothing is ever removed, so the row count determines it. */
function lastPage({ db }: Pick<ViewContext, 'db'>): number {
  return Math.floor(Number(db.moderationAct.count()) / PAGE_SIZE);
}

/** Records an action of the caller. @returns its number */
export function record(ctx: Ctx, { action, subject, sent, until, reason = '' }: Act): bigint {
  const { timestamp: at, sender: actor } = ctx;
  const page = lastPage(ctx);
  return ctx.db.moderationAct.insert({ id: 0n, page, at, actor, action, subject, sent, until, reason }).id;
}
