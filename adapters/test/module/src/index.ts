/**
 * The module for the package's tests: the tables and reducers of SpacetimeDB's chat tutorial, a list of people who may
 * not connect, an event table with sales, and chat features beyond the tutorial.
 */
import { SenderError, t } from 'spacetimedb/server';
import spacetimedb from './schema.ts';

export * from './features.ts';
export default spacetimedb;

export const onConnect = spacetimedb.clientConnected((ctx) => {
  const block = ctx.db.blocked.identity.find(ctx.sender);
  if (block) throw new SenderError(`You are blocked: ${block.reason}`);
  const known = ctx.db.user.identity.find(ctx.sender);
  if (known) ctx.db.user.identity.update({ ...known, online: true });
  else ctx.db.user.insert({ identity: ctx.sender, name: undefined, online: true });
});

export const onDisconnect = spacetimedb.clientDisconnected((ctx) => {
  const known = ctx.db.user.identity.find(ctx.sender);
  if (known) ctx.db.user.identity.update({ ...known, online: false });
});

export const set_name = spacetimedb.reducer({ name: t.string() }, (ctx, { name }) => {
  if (name.trim() === '') throw new SenderError('Names must not be empty');
  const known = ctx.db.user.identity.find(ctx.sender);
  if (!known) throw new SenderError('Cannot set the name of an unknown user');
  ctx.db.user.identity.update({ ...known, name });
});

export const send_message = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
  if (text === '') throw new SenderError('Messages must not be empty');
  ctx.db.message.insert({ sender: ctx.sender, sent: ctx.timestamp, text });
});

export const block = spacetimedb.reducer(
  { identity: t.identity(), reason: t.string() },
  (ctx, { identity, reason }) => {
    ctx.db.blocked.insert({ identity, reason });
  },
);

export const unblock = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  ctx.db.blocked.identity.delete(identity);
});

export const sell = spacetimedb.reducer({ itemId: t.u64(), price: t.f64() }, (ctx, { itemId, price }) => {
  ctx.db.sale.insert({ itemId, price });
  if (price < 0) throw new SenderError('The price must not be negative');
});
