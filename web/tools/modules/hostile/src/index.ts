/** A module with the chat's tables and no rules, to fill them with data that must not break a page. */
import { Identity, Timestamp } from 'spacetimedb';
import { schema, table, t } from 'spacetimedb/server';

const user = table(
  { name: 'user', public: true },
  { identity: t.identity().primaryKey(), name: t.string().optional(), online: t.bool() },
);
const message = table(
  { name: 'message', public: true },
  { sender: t.identity(), sent: t.timestamp(), text: t.string() },
);

const spacetimedb = schema({ user, message });
export default spacetimedb;

export const onConnect = spacetimedb.clientConnected((ctx) => {
  const known = ctx.db.user.identity.find(ctx.sender);
  if (known) ctx.db.user.identity.update({ ...known, online: true });
  else ctx.db.user.insert({ identity: ctx.sender, name: undefined, online: true });
});

export const onDisconnect = spacetimedb.clientDisconnected((ctx) => {
  const known = ctx.db.user.identity.find(ctx.sender);
  if (known) ctx.db.user.identity.update({ ...known, online: false });
});

export const set_name = spacetimedb.reducer({ name: t.string() }, (ctx, { name }) => {
  const known = ctx.db.user.identity.find(ctx.sender);
  if (known) ctx.db.user.identity.update({ ...known, name });
});

export const send_message = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
  ctx.db.message.insert({ sender: ctx.sender, sent: ctx.timestamp, text });
});

/** Writes a message with any text and time, in microseconds since the Unix epoch. */
export const write_at = spacetimedb.reducer(
  { micros: t.i64(), text: t.string() },
  (ctx, { micros, text }) => {
    ctx.db.message.insert({ sender: ctx.sender, sent: new Timestamp(micros), text });
  },
);

/** Adds `count` people. Every tenth is online, and every second has a name. */
export const crowd = spacetimedb.reducer({ first: t.u32(), count: t.u32() }, (ctx, { first, count }) => {
  for (let n = first; n < first + count; n++) {
    const scattered = (BigInt(n) * 0x9e3779b97f4a7c15n) % 2n ** 64n;
    ctx.db.user.insert({
      identity: new Identity((scattered << 128n) + BigInt(n)),
      name: n % 2 === 0 ? `Person ${scattered % 100_000n} of ${n}` : undefined,
      online: n % 10 === 0,
    });
  }
});

/** Writes `count` messages in one transaction. */
export const burst = spacetimedb.reducer({ count: t.u32(), text: t.string() }, (ctx, { count, text }) => {
  const { microsSinceUnixEpoch: now } = ctx.timestamp;
  for (let n = 0; n < count; n++) {
    ctx.db.message.insert({ sender: ctx.sender, sent: new Timestamp(now + BigInt(n)), text: `${text} ${n}` });
  }
});
