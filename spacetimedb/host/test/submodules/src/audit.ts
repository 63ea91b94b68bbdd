/** The library that `library.ts` mounts. */
import { schema, t, table } from 'spacetimedb/server';

const Level = t.enum('Level', { Info: t.unit(), Alarm: t.unit() });
const entry = table(
  { name: 'entry', public: true },
  { text: t.string().primaryKey(), level: Level, at: t.timestamp() },
);

const spacetimedb = schema({ entry });
export default spacetimedb;

export const note = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
  ctx.db.entry.insert({ text, level: { tag: 'Info' }, at: ctx.timestamp });
});

export const raise = spacetimedb.reducer({ text: t.string(), level: Level }, (ctx, { text, level }) => {
  const found = ctx.db.entry.text.find(text);
  if (found) ctx.db.entry.text.update({ ...found, level });
  console.info('raised', text);
});

export const alarms = spacetimedb.procedure(t.u64(), (ctx) =>
  ctx.withTx((tx) => BigInt([...tx.db.entry.iter()].filter(({ level }) => level.tag === 'Alarm').length)),
);
