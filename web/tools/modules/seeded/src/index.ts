/** The chat's module with two reducers for tests: one fills the room, and one bypasses the rules. */
import { Identity, Timestamp } from 'spacetimedb';
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

/**
 * Writes `count` messages, numbered from `first`, `apart` milliseconds apart, the last one `age` milliseconds ago.
 */
export const seed = spacetimedb.reducer(
  { first: t.u32(), count: t.u32(), apart: t.u32(), age: t.f64() },
  (ctx, { first, count, apart, age }) => {
    const newest = ctx.timestamp.toMillis() - BigInt(Math.floor(age));
    for (let index = 0; index < count; index++) {
      const sent = newest - BigInt(apart) * BigInt(count - 1 - index);
      ctx.db.message.insert({
        sender: ctx.sender,
        sent: new Timestamp(sent * 1000n),
        text: `${first + index}: ${texts[(first + index) % texts.length]}`,
      });
    }
  },
);

/**
 * Stores names and messages as they are, as a module without rules would. The first name and text are the caller's, and
 * each other one is that of another person.
 */
export const plant = spacetimedb.reducer(
  { names: t.array(t.string()), texts: t.array(t.string()) },
  (ctx, { names, texts }) => {
    names.forEach((name, index) => {
      const identity = index === 0 ? ctx.sender : new Identity(BigInt(index));
      const person = ctx.db.user.identity.find(identity);
      if (person) ctx.db.user.identity.update({ ...person, name });
      else ctx.db.user.insert({ identity, name, online: true });
      const text = texts[index];
      if (text === undefined) return;
      const sent = new Timestamp(ctx.timestamp.microsSinceUnixEpoch + BigInt(index));
      ctx.db.message.insert({ sender: identity, sent, text });
    });
  },
);
