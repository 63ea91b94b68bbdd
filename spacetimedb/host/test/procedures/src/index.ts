/** A module of procedures: transactions, HTTP, schedules, and what a procedure may not do. */
import { ScheduleAt } from 'spacetimedb';
import { schema, SenderError, t, table } from 'spacetimedb/server';

const note = table(
  { name: 'note', public: true },
  { id: t.u64().primaryKey().autoInc(), text: t.string().index('btree') },
);

const job = table(
  { name: 'job', public: true },
  { id: t.u64().primaryKey().autoInc(), scheduledAt: t.scheduleAt(), text: t.string() },
);

const Answer = t.object('Answer', {
  status: t.u16(),
  body: t.string(),
  headers: t.array(t.string()),
});

const spacetimedb = schema({ note, job });
export default spacetimedb;

let calls = 0;

export const add = spacetimedb.procedure({ a: t.u32(), b: t.u32() }, t.u32(), (_ctx, { a, b }) => a + b);

export const nothing = spacetimedb.procedure(t.unit(), () => ({}));

export const shapes = spacetimedb.procedure(
  { big: t.u64() },
  t.object('Shapes', {
    big: t.u64(),
    some: t.option(t.string()),
    none: t.option(t.string()),
    list: t.array(t.u8()),
  }),
  (_ctx, { big }) => ({ big, some: 'yes', none: undefined, list: [1, 2] }),
);

export const who = spacetimedb.procedure(t.string(), (ctx) => {
  const inside = ctx.withTx((tx) => tx.connectionId?.toHexString() ?? 'none');
  return [ctx.sender.toHexString(), ctx.connectionId?.toHexString() ?? 'none', inside].join(' ');
});

/** Variables belong to the thread, not to the reducers. */
export const count_calls = spacetimedb.procedure(t.u32(), () => ++calls);
export const count_in_reducer = spacetimedb.reducer((ctx) => {
  ctx.db.note.insert({ id: 0n, text: `calls ${++calls}` });
});

export const add_note = spacetimedb.procedure({ text: t.string() }, t.u64(), (ctx, { text }) =>
  ctx.withTx((tx) => tx.db.note.insert({ id: 0n, text }).id),
);

/** Many rows, read back in batches. */
export const add_many = spacetimedb.procedure({ count: t.u32() }, t.u32(), (ctx, { count }) =>
  ctx.withTx((tx) => {
    for (let n = 0; n < count; n++) tx.db.note.insert({ id: 0n, text: `${n} ${'x'.repeat(100)}` });
    return [...tx.db.note.iter()].length;
  }),
);

export const keep_first = spacetimedb.procedure(t.unit(), (ctx) => {
  ctx.withTx((tx) => tx.db.note.insert({ id: 0n, text: 'kept' }));
  try {
    ctx.withTx((tx) => {
      tx.db.note.insert({ id: 0n, text: 'undone' });
      throw new Error('no');
    });
  } catch {
    // Only the second transaction is undone.
  }
  ctx.withTx((tx) => tx.db.note.insert({ id: 0n, text: 'kept, too' }));
  throw new Error('after two transactions');
});

export const refuse = spacetimedb.procedure(t.unit(), () => {
  throw new SenderError('not today');
});

export const nest = spacetimedb.procedure(t.string(), (ctx) =>
  ctx.withTx(() => {
    try {
      ctx.withTx(() => 0);
      return 'nested';
    } catch (error) {
      return String(error);
    }
  }),
);

export const write_outside = spacetimedb.procedure(t.string(), (ctx) => {
  const insert = ctx.withTx((tx) => () => tx.db.note.insert({ id: 0n, text: 'outside' }));
  try {
    insert();
    return 'inserted';
  } catch (error) {
    return String(error);
  }
});

export const get = spacetimedb.procedure({ url: t.string() }, Answer, (ctx, { url }) => {
  const response = ctx.http.fetch(url);
  return {
    status: response.status,
    body: response.text(),
    headers: [...response.headers].map(([name, value]) => `${name}: ${value}`),
  };
});

export const post = spacetimedb.procedure(
  { url: t.string(), body: t.string() },
  t.string(),
  (ctx, { url, body }) =>
    ctx.http.fetch(url, { method: 'POST', body, headers: { 'x-test': 'ä', host: 'other.example' } }).text(),
);

export const get_in_tx = spacetimedb.procedure({ url: t.string() }, t.string(), (ctx, { url }) =>
  ctx.withTx(() => {
    try {
      return ctx.http.fetch(url).text();
    } catch (error) {
      return String(error);
    }
  }),
);

export const get_often = spacetimedb.procedure(
  { url: t.string(), times: t.u32() },
  t.u32(),
  (ctx, { url, times }) => {
    for (let n = 0; n < times; n++) ctx.http.fetch(url);
    return times;
  },
);

export const leave_rejection = spacetimedb.procedure(t.unit(), () => {
  void Promise.reject(new Error('left alone'));
  return {};
});

export const spin = spacetimedb.procedure(t.unit(), () => {
  for (;;);
});

export const spin_in_tx = spacetimedb.procedure(t.unit(), (ctx) =>
  ctx.withTx((tx) => {
    tx.db.note.insert({ id: 0n, text: 'spinning' });
    for (;;);
  }),
);

export const hoard = spacetimedb.procedure(t.unit(), () => {
  const kept: unknown[] = [];
  for (;;) kept.push(new Array(1000).fill({}));
});

export const log = spacetimedb.procedure({ text: t.string() }, t.unit(), (_ctx, { text }) => {
  console.info(text);
  return {};
});

export const schedule = spacetimedb.reducer(
  { text: t.string(), micros: t.u64() },
  (ctx, { text, micros }) => {
    ctx.db.job.insert({
      id: 0n,
      scheduledAt: ScheduleAt.time(ctx.timestamp.microsSinceUnixEpoch + micros),
      text,
    });
  },
);

export const repeat = spacetimedb.reducer({ text: t.string(), micros: t.u64() }, (ctx, { text, micros }) => {
  ctx.db.job.insert({ id: 0n, scheduledAt: ScheduleAt.interval(micros), text });
});

export const run_job = spacetimedb.procedure(
  { onSchedule: job },
  { job: job.rowType },
  t.unit(),
  (ctx, { job: { text } }) => {
    if (text === 'fail') throw new Error('the job failed');
    ctx.withTx((tx) => tx.db.note.insert({ id: 0n, text: `job ${text}` }));
    return {};
  },
);
