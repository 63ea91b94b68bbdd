import { t } from 'spacetimedb/server';
import { refuse } from './refuse.ts';
import { checkConnections, countAct, noteArrival } from './flood.ts';
import { refuseBanned, refuseSilenced } from './moderation.ts';
import { nameKey, nameProblem, normalizeName } from './rules.ts';
import spacetimedb, { type Ctx } from './schema.ts';
import { makeOwner } from './staff.ts';

export const set_name = spacetimedb.reducer({ name: t.string() }, (ctx, { name }) => {
  refuse(nameProblem(name));
  const caller = ctx.db.user.identity.find(ctx.sender);
  if (!caller) refuse('Cannot set name for unknown user');
  refuseSilenced(ctx);
  countAct(ctx);
  const normal = normalizeName(name);
  claimName(ctx, normal);
  console.info(`User ${ctx.sender} sets name to ${normal}`);
  ctx.db.user.identity.update({ ...caller, name: normal });
});

/** Takes a name for the caller and gives up the one that they had. @throws {SenderError} when somebody else has it */
function claimName(ctx: Ctx, name: string): void {
  // In a room from before names were unique, people have names that nobody has claimed yet.
  if (ctx.db.claimedName.count() === 0n) claimExistingNames(ctx);
  const key = nameKey(name);
  const holder = ctx.db.claimedName.key.find(key);
  if (holder && !holder.identity.isEqual(ctx.sender)) refuse('Somebody else has this name already');
  ctx.db.claimedName.identity.delete(ctx.sender);
  ctx.db.claimedName.insert({ key, identity: ctx.sender });
}

/** Of two people with the same name the caller is preferred: nothing tells who had it first. */
function claimExistingNames(ctx: Ctx): void {
  const caller = ctx.db.user.identity.find(ctx.sender);
  for (const { identity, name } of [...(caller ? [caller] : []), ...ctx.db.user.iter()]) {
    const key = name === undefined ? '' : nameKey(name);
    if (key !== '' && !ctx.db.claimedName.key.find(key)) ctx.db.claimedName.insert({ key, identity });
  }
}

/** Called once, when the module is first published. */
export const init = spacetimedb.init((ctx) => makeOwner(ctx));

export const onConnect = spacetimedb.clientConnected((ctx) => {
  refuseBanned(ctx);
  checkConnections(ctx);
  noteArrival(ctx, ctx.db.user.identity.find(ctx.sender) !== null);
  if (ctx.connectionId) {
    ctx.db.liveConnection.insert({ connectionId: ctx.connectionId, identity: ctx.sender });
  }
  setOnline(ctx, true);
});

export const onDisconnect = spacetimedb.clientDisconnected((ctx) => {
  if (ctx.connectionId) ctx.db.liveConnection.connectionId.delete(ctx.connectionId);
  if (!hasLiveConnection(ctx)) setOnline(ctx, false);
});

function hasLiveConnection(ctx: Ctx): boolean {
  for (const _ of ctx.db.liveConnection.identity.filter(ctx.sender)) return true;
  return false;
}

/** Keeps `user.online`; someone who comes for the first time gets their row, as yet without a name. */
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
