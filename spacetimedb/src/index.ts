/**
 * The chat module: what SpacetimeDB (or the embedded host) runs.
 *
 * The public tables and reducers have exactly the shape of SpacetimeDB's chat tutorial, so that its other clients
 * and modules interoperate with ours both ways. What is ours beyond it lives in private tables.
 */
import { schema, SenderError, t, table, type InferSchema, type ReducerCtx } from 'spacetimedb/server';
import { messageProblem, nameProblem, normalizeMessage, normalizeName } from './rules.ts';

const user = table(
  { name: 'user', public: true },
  {
    identity: t.identity().primaryKey(),
    name: t.string().optional(),
    online: t.bool(),
  },
);

const message = table(
  { name: 'message', public: true },
  {
    sender: t.identity(),
    // Clients subscribe to a window of `sent`; the index keeps each of those subscriptions cheap.
    sent: t.timestamp().index('btree'),
    text: t.string(),
  },
);

/**
 * One row for each connection that is open now. `user.online` is a single boolean, which alone would mark someone
 * offline when they close one of two tabs.
 */
const liveConnection = table(
  { name: 'live_connection' },
  {
    connectionId: t.connectionId().primaryKey(),
    identity: t.identity().index('btree'),
  },
);

const spacetimedb = schema({ user, message, liveConnection });
export default spacetimedb;

type Ctx = ReducerCtx<InferSchema<typeof spacetimedb>>;

/** Refuses the caller's input with `problem`, the text they are shown; `undefined` lets it pass. */
function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new SenderError(problem);
}

export const set_name = spacetimedb.reducer({ name: t.string() }, (ctx, { name }) => {
  refuse(nameProblem(name));
  const caller = ctx.db.user.identity.find(ctx.sender);
  if (!caller) throw new SenderError('Cannot set name for unknown user');
  console.info(`User ${ctx.sender} sets name to ${name}`);
  ctx.db.user.identity.update({ ...caller, name: normalizeName(name) });
});

export const send_message = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
  refuse(messageProblem(text));
  console.info(`User ${ctx.sender}: ${text}`);
  ctx.db.message.insert({ sender: ctx.sender, text: normalizeMessage(text), sent: ctx.timestamp });
});

/** Called once, when the module is first published. */
export const init = spacetimedb.init(() => {});

export const onConnect = spacetimedb.clientConnected((ctx) => {
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
