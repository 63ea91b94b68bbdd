import type { Identity } from 'spacetimedb';
import { t } from 'spacetimedb/server';
import { messagesAt } from './annotations.ts';
import { SECOND, duration } from './duration.ts';
import { refuse } from './refuse.ts';
import { countCharacters, normalizeMessage } from './rules.ts';
import spacetimedb, { type Ctx } from './schema.ts';
import { record, requireModerator } from './staff.ts';
import { timestamp } from './time.ts';

const REASON_MAX_LENGTH = 200;

/** Deletes what `sender` wrote at `sent`. Sender and time identify a message, which has no id. For moderators. */
export const delete_message = spacetimedb.reducer(
  { sender: t.identity(), sent: t.timestamp(), reason: t.string() },
  (ctx, { sender, sent, reason }) => {
    requireModerator(ctx);
    const why = checkedReason(reason);
    const found = messagesAt(ctx, { sender, sent });
    if (found.length === 0) refuse('Message not found');
    // What belongs to the message stays, so that it can be restored.
    for (const message of found) {
      ctx.db.message.delete(message);
      const act = record(ctx, { action: 'delete_message', subject: sender, sent, reason: why });
      ctx.db.deletedMessage.insert({ act, ...message });
    }
  },
);

/** Restores the message that the act with this number deleted. For moderators. */
export const restore_message = spacetimedb.reducer({ act: t.u64() }, (ctx, { act }) => {
  requireModerator(ctx);
  const deleted = ctx.db.deletedMessage.act.find(act);
  if (!deleted) refuse('Deleted message not found');
  const { sender, sent, text } = deleted;
  ctx.db.message.insert({ sender, sent, text });
  ctx.db.deletedMessage.act.delete(act);
  record(ctx, { action: 'restore_message', subject: sender, sent });
});

/** Stops someone from writing and from changing their name for a while. For moderators. */
export const mute_user = spacetimedb.reducer(
  { identity: t.identity(), seconds: t.u32(), reason: t.string() },
  (ctx, { identity, seconds, reason }) => {
    requireModerator(ctx);
    checkSubject(ctx, identity);
    if (seconds === 0) refuse('Enter how long to mute them');
    const why = checkedReason(reason);
    const until = timestamp(ctx.timestamp.microsSinceUnixEpoch + SECOND * BigInt(seconds));
    ctx.db.mute.identity.delete(identity);
    ctx.db.mute.insert({ identity, until, reason: why });
    record(ctx, { action: 'mute_user', subject: identity, until, reason: why });
  },
);

/** Ends a mute. For moderators. */
export const unmute_user = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  requireModerator(ctx);
  if (!ctx.db.mute.identity.delete(identity)) refuse('They are not muted');
  record(ctx, { action: 'unmute_user', subject: identity });
});

/**
 * Stops someone from doing anything here, at once, and from connecting again. Their open connections stay subscribed
 * until they close, because a module cannot close connections. For moderators.
 */
export const ban_user = spacetimedb.reducer(
  { identity: t.identity(), reason: t.string() },
  (ctx, { identity, reason }) => {
    requireModerator(ctx);
    checkSubject(ctx, identity);
    const why = checkedReason(reason);
    ctx.db.ban.identity.delete(identity);
    ctx.db.ban.insert({ identity, since: ctx.timestamp, reason: why });
    record(ctx, { action: 'ban_user', subject: identity, reason: why });
  },
);

/** Ends a ban. For moderators. */
export const unban_user = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  requireModerator(ctx);
  if (!ctx.db.ban.identity.delete(identity)) refuse('They are not banned');
  record(ctx, { action: 'unban_user', subject: identity });
});

function banProblem(ctx: Ctx): string | undefined {
  const ban = ctx.db.ban.identity.find(ctx.sender);
  return ban ? withReason('You are banned from this room', ban.reason) : undefined;
}

/** @throws {SenderError} when the caller is banned */
export function refuseBanned(ctx: Ctx): void {
  refuse(banProblem(ctx));
}

/** Why the caller may not write; `undefined` if they are neither banned nor muted. */
export function silencedProblem(ctx: Ctx): string | undefined {
  const banned = banProblem(ctx);
  const mute = ctx.db.mute.identity.find(ctx.sender);
  if (banned !== undefined || !mute) return banned;
  const left = mute.until.microsSinceUnixEpoch - ctx.timestamp.microsSinceUnixEpoch;
  return left > 0n ? withReason(`You are muted for another ${duration(left)}`, mute.reason) : undefined;
}

/** @throws {SenderError} when the caller is banned or muted */
export function refuseSilenced(ctx: Ctx): void {
  refuse(silencedProblem(ctx));
  // A mute that is over.
  ctx.db.mute.identity.delete(ctx.sender);
}

function withReason(text: string, reason: string): string {
  return reason === '' ? text : `${text}: ${reason}`;
}

/** Moderators cannot act against each other or against the owner. */
function checkSubject(ctx: Ctx, identity: Identity): void {
  if (!ctx.db.user.identity.find(identity)) refuse('Person not found');
  if (ctx.db.staff.identity.find(identity)) refuse('Moderators cannot be muted or banned');
}

/** A reason as it is stored. @throws {SenderError} when it is too long */
export function checkedReason(reason: string): string {
  const normal = normalizeMessage(reason).trim();
  if (countCharacters(normal) > REASON_MAX_LENGTH) {
    refuse(`Reasons must not have more than ${REASON_MAX_LENGTH} characters`);
  }
  return normal;
}
