import type { Identity } from 'spacetimedb';
import { t } from 'spacetimedb/server';
import { noteNewcomer } from './admission.ts';
import { checkConnections, countAct, countNewName, hasActed, noteArrival, noteAuthor } from './flood.ts';
import { refuseBanned, refuseSilenced } from './moderation.ts';
import { forgetAbsence, noteAbsence, noteAbsentPeople } from './name-release.ts';
import { claimName } from './names.ts';
import { refuse } from './refuse.ts';
import { nameProblem, normalizeName } from './rules.ts';
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

/** Runs once, when the module is first published. */
export const init = spacetimedb.init((ctx) => makeOwner(ctx));

export const onConnect = spacetimedb.clientConnected((ctx) => {
  refuseBanned(ctx);
  checkConnections(ctx);
  tidyUp(ctx);
  noteAbsentPeople(ctx);
  noteArrival(ctx);
  forgetAbsence(ctx, ctx.sender);
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
  noteAbsence(ctx, ctx.sender);
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

/** Deletes all rows of a silent visitor. */
function forget(ctx: Ctx, identity: Identity): void {
  ctx.db.user.identity.delete(identity);
  ctx.db.pace.identity.delete(identity);
  ctx.db.member.identity.delete(identity);
  ctx.db.readMark.identity.delete(identity);
  ctx.db.searchPace.identity.delete(identity);
  ctx.db.block.person.delete(identity);
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
