/** The chat's module with two reducers for tests: one fills the room, and one bypasses the rules. */
import { Timestamp } from 'spacetimedb';
import { t } from 'spacetimedb/server';
import spacetimedb from '../../../../../spacetimedb/src/index.ts';

export * from '../../../../../spacetimedb/src/index.ts';
export default spacetimedb;

const texts = [
  'Good morning!',
  'Has anyone seen the build? It was green an hour ago, and nobody has touched it since, as far as I can tell.',
  'Two lines,\nand this is the second one.',
  'See https://example.com/some/where for the rest.',
];

/** Writes `count` numbered messages, `apart` milliseconds apart, the last one `age` milliseconds ago. */
export const seed = spacetimedb.reducer(
  { count: t.u32(), apart: t.u32(), age: t.f64() },
  (ctx, { count, apart, age }) => {
    const newest = ctx.timestamp.toMillis() - BigInt(Math.floor(age));
    for (let index = 0; index < count; index++) {
      const sent = newest - BigInt(apart) * BigInt(count - 1 - index);
      ctx.db.message.insert({
        sender: ctx.sender,
        sent: new Timestamp(sent * 1000n),
        text: `${index}: ${texts[index % texts.length]}`,
      });
    }
  },
);

/** Stores a name for the caller and a message as they are, as a module without rules would. */
export const plant = spacetimedb.reducer({ name: t.string(), text: t.string() }, (ctx, { name, text }) => {
  const caller = ctx.db.user.identity.find(ctx.sender);
  if (caller) ctx.db.user.identity.update({ ...caller, name });
  ctx.db.message.insert({ sender: ctx.sender, sent: ctx.timestamp, text });
});
