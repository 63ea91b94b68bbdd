/** A module that mounts a submodule, which mounts another one. */
import { Router, schema, t, table } from 'spacetimedb/server';
import * as library from './library.ts';

const player = table(
  { name: 'player', public: true },
  { id: t.u32().primaryKey().autoInc(), name: t.string() },
);
const Rank = t.enum('Rank', { Low: t.unit(), High: t.unit() });

const spacetimedb = schema({ player, shop: library });
export default spacetimedb;

export const join = spacetimedb.reducer({ name: t.string(), rank: Rank }, (ctx, { name, rank }) => {
  ctx.db.player.insert({ id: 0, name });
  library.sell(ctx.as.shop, {
    title: `${name}’s hat`,
    size: { tag: rank.tag === 'High' ? 'Large' : 'Small' },
  });
});

/** Reads tables of all three modules. */
export const count = spacetimedb.procedure(t.string(), (ctx) =>
  ctx.withTx((tx) =>
    [tx.db.player.count(), tx.db.shop.soldItem.count(), tx.db.shop.audit.entry.count()].join(' '),
  ),
);

export const players = spacetimedb.anonymousView(
  { name: 'players', public: true },
  t.array(player.rowType),
  (ctx) => ctx.from.player,
);

export const health = spacetimedb.httpHandler((ctx, request) => library.greet(ctx.as.shop, request));
export const router = spacetimedb.httpRouter(new Router().get('/health', health));
