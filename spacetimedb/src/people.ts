import type { Identity } from 'spacetimedb';
import { t } from 'spacetimedb/server';
import { noteNewcomer } from './admission.ts';
import { checkConnections, countAct, countNewName, hasActed, noteArrival, noteAuthor } from './flood.ts';
import { nameLooks } from './look-alikes.ts';
import { refuseBanned, refuseSilenced } from './moderation.ts';
import { refuse } from './refuse.ts';
import { nameKey, nameProblem, normalizeName } from './rules.ts';
import spacetimedb, { type Ctx } from './schema.ts';
import { makeOwner } from './staff.ts';

export const set_name = spacetimedb.reducer({ name: t.string() }, (ctx, { name }) => {
  refuse(nameProblem(name));
  const caller = ctx.db.user.identity.find(ctx.sender);
  if (!caller) refuse('Cannot set name for unknown user');
  refuseSilenced(ctx);
  if (caller.name === undefined) {
    noteNewcomer(ctx);
    countNewName(ctx);
  }
  countAct(ctx);
  const normal = normalizeName(name);
  claimName(ctx, normal);
  console.info(`User ${ctx.sender} sets name to ${normal}`);
  ctx.db.user.identity.update({ ...caller, name: normal });
});

/** Claims a name for the caller and releases their previous one. @throws {SenderError} when someone else has it */
function claimName(ctx: Ctx, name: string): void {
  if (!claimNameFor(ctx, ctx.sender, name)) refuse('That name is taken');
}

/** Claims a name for a person and releases their previous one. @returns `false` when someone else has it */
export function claimNameFor(ctx: Ctx, identity: Identity, name: string): boolean {
  // In a room from before names were unique, existing names have not been claimed yet.
  if (ctx.db.claimedName.count() === 0n) claimExistingNames(ctx);
  // The same for rooms from before look-alike names were refused.
  if (ctx.db.claimedLook.count() === 0n) claimExistingLooks(ctx);
  const key = nameKey(name);
  const looks = nameLooks(name);
  const holders = [
    ctx.db.claimedName.key.find(key),
    ...looks.map((look) => ctx.db.claimedLook.look.find(look)),
  ];
  if (holders.some((holder) => holder && !holder.identity.isEqual(identity))) return false;
  ctx.db.claimedName.identity.delete(identity);
  ctx.db.claimedName.insert({ key, identity });
  ctx.db.claimedLook.identity.delete(identity);
  for (const look of looks) ctx.db.claimedLook.insert({ look, identity });
  return true;
}

/** Lets names be added without claims: with no claims at all, the next `set_name` would claim every existing name. */
export function keepNamesUnclaimed(ctx: Ctx): void {
  if (ctx.db.claimedName.count() === 0n) claimExistingNames(ctx);
  if (ctx.db.claimedName.count() > 0n) return;
  // No name has an empty key.
  ctx.db.claimedName.insert({ key: '', identity: ctx.sender });
}

/** If two names look alike, the first in the table keeps the look. Both people keep their names. */
function claimExistingLooks(ctx: Ctx): void {
  for (const { identity } of ctx.db.claimedName.iter()) {
    const name = ctx.db.user.identity.find(identity)?.name;
    for (const look of name === undefined ? [] : nameLooks(name)) {
      if (!ctx.db.claimedLook.look.find(look)) ctx.db.claimedLook.insert({ look, identity });
    }
  }
}

/** If two people have the same name, the caller gets it: the data does not say who had it first. */
function claimExistingNames(ctx: Ctx): void {
  const caller = ctx.db.user.identity.find(ctx.sender);
  for (const { identity, name } of [...(caller ? [caller] : []), ...ctx.db.user.iter()]) {
    const key = name === undefined ? '' : nameKey(name);
    if (key !== '' && !ctx.db.claimedName.key.find(key)) ctx.db.claimedName.insert({ key, identity });
  }
}

/** Runs once, when the module is first published. */
export const init = spacetimedb.init((ctx) => makeOwner(ctx));

export const onConnect = spacetimedb.clientConnected((ctx) => {
  refuseBanned(ctx);
  checkConnections(ctx);
  tidyUp(ctx);
  noteArrival(ctx);
  if (ctx.connectionId) {
    ctx.db.liveConnection.insert({ connectionId: ctx.connectionId, identity: ctx.sender });
  }
  setOnline(ctx, true);
});

export const onDisconnect = spacetimedb.clientDisconnected((ctx) => {
  if (ctx.connectionId) ctx.db.liveConnection.connectionId.delete(ctx.connectionId);
  if (hasLiveConnection(ctx)) return;
  if (isSilent(ctx, ctx.sender)) forget(ctx, ctx.sender);
  else setOnline(ctx, false);
});

/** Can this person's row be deleted? That needs no name, no message and no action of moderators or the owner. */
function isSilent(ctx: Ctx, identity: Identity): boolean {
  const { staff, mute, ban } = ctx.db;
  return (
    !hasActed(ctx, identity) &&
    !staff.identity.find(identity) &&
    !mute.identity.find(identity) &&
    !ban.identity.find(identity)
  );
}

/** Deletes everything that a silent visitor leaves. */
function forget(ctx: Ctx, identity: Identity): void {
  ctx.db.user.identity.delete(identity);
  ctx.db.pace.identity.delete(identity);
  ctx.db.member.identity.delete(identity);
}

/**
 * Older versions kept a row for every visit. The first visit to this version deletes the rows of people who never
 * said anything. In a room from before flood control, only messages show who did.
 */
function tidyUp(ctx: Ctx): void {
  if (ctx.db.tidied.id.find(0)) return;
  ctx.db.tidied.insert({ id: 0 });
  const silent = [...ctx.db.user.iter()].filter(({ identity }) => isSilent(ctx, identity));
  if (silent.length === 0) return;
  const authors = new Set<bigint>();
  for (const { sender } of ctx.db.message.iter()) authors.add(sender.__identity__);
  for (const { identity, online } of silent) {
    if (authors.has(identity.__identity__)) noteAuthor(ctx, identity);
    else if (!online) forget(ctx, identity);
  }
}

function hasLiveConnection(ctx: Ctx): boolean {
  for (const _ of ctx.db.liveConnection.identity.filter(ctx.sender)) return true;
  return false;
}

/** Updates `user.online`. First-time visitors get a row without a name. */
function setOnline(ctx: Ctx, online: boolean): void {
  const known = ctx.db.user.identity.find(ctx.sender);
  if (known) {
    if (known.online !== online) ctx.db.user.identity.update({ ...known, online });
  } else if (online) {
    ctx.db.user.insert({ identity: ctx.sender, name: undefined, online });
  } else {
    console.warn(`Disconnect event for unknown user with identity ${ctx.sender}`);
  }
}
