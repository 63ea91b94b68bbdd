/** The chat with a reducer that fills the room, because sending a million messages one by one would take minutes. */
import spacetimedb from '../../../src/schema.ts';
import { timestamp } from '../../../src/time.ts';
import { t } from 'spacetimedb/server';

export { default } from '../../../src/index.ts';
export * from '../../../src/index.ts';

/** Adds older messages. @param apart the time between two of them, in microseconds */
export const fill = spacetimedb.reducer({ count: t.u32(), apart: t.u64() }, (ctx, { count, apart }) => {
  const last = ctx.timestamp.microsSinceUnixEpoch - apart * ctx.db.message.count();
  for (let n = 0; n < count; n++) {
    const text = `message number ${n}, which is about as long as most are`;
    ctx.db.message.insert({ sender: ctx.sender, sent: timestamp(last - apart * BigInt(n + 1)), text });
  }
});
