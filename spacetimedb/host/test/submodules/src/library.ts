/** The library that the module in `index.ts` mounts. */
import { ScheduleAt } from 'spacetimedb';
import { Router, schema, SyncResponse, t, table } from 'spacetimedb/server';
import * as audit from './audit.ts';

const Size = t.enum('Size', { Small: t.unit(), Large: t.unit() });
const soldItem = table(
  { name: 'soldItem', public: true },
  { id: t.u64().primaryKey().autoInc(), title: t.string().index('btree'), size: Size },
);
const delivery = table(
  { name: 'delivery' },
  { id: t.u64().primaryKey().autoInc(), scheduledAt: t.scheduleAt(), title: t.string() },
);

const spacetimedb = schema({ soldItem, delivery, audit });
export default spacetimedb;

export const sell = spacetimedb.reducer({ title: t.string(), size: Size }, (ctx, { title, size }) => {
  const { id } = ctx.db.soldItem.insert({ id: 0n, title, size });
  audit.note(ctx.as.audit, { text: `sold ${id}` });
});

export const order = spacetimedb.reducer({ title: t.string() }, (ctx, { title }) => {
  const scheduledAt = ScheduleAt.time(ctx.timestamp.microsSinceUnixEpoch + 1000n);
  ctx.db.delivery.insert({ id: 0n, scheduledAt, title });
});

export const deliver = spacetimedb.reducer(
  { onSchedule: delivery },
  { delivery: delivery.rowType },
  (ctx, { delivery: { title } }) => {
    ctx.db.soldItem.insert({ id: 0n, title: `delivered ${title}`, size: { tag: 'Small' } });
  },
);

export const bySize = spacetimedb.procedure({ size: Size }, t.array(soldItem.rowType), (ctx, { size }) =>
  ctx.withTx((tx) => [...tx.db.soldItem.iter()].filter((item) => item.size.tag === size.tag)),
);

export const largeItems = spacetimedb.anonymousView(
  { name: 'large_items', public: true },
  t.array(soldItem.rowType),
  (ctx) => [...ctx.db.soldItem.iter()].filter(({ size }) => size.tag === 'Large'),
);

export const hats = spacetimedb.view({ name: 'hats', public: true }, t.array(soldItem.rowType), (ctx) =>
  ctx.from.soldItem.where((item) => item.title.eq('Bo’s hat')),
);

export const greet = spacetimedb.httpHandler(
  (ctx) => new SyncResponse(`${ctx.withTx((tx) => tx.db.soldItem.count())} sold`),
);
/** Has no effect in a submodule. */
export const router = spacetimedb.httpRouter(new Router().get('/ignored', greet));
