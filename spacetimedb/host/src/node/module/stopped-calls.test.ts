import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ManualTime, startHost, type StartedHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Bodies of reducers that never return. */
const ENDLESS: Readonly<Record<string, string>> = {
  'a loop': 'for (;;);',
  'a loop of host calls': 'for (;;) ctx.db.note.count();',
  'a loop that writes and takes back': `for (;;) { ctx.db.note.insert({ text: 'x' }); ctx.db.note.delete({ text: 'x' }); }`,
  'a loop that logs': `for (;;) console.log('again');`,
  'a loop that makes errors': `for (;;) globalThis.last = new Error('again').stack;`,
  'a loop that catches everything': 'for (;;) { try { for (;;) null.x; } catch {} finally { for (;;); } }',
  'promises without end': 'const next = () => Promise.resolve().then(next); next();',
  'an await without end': '(async () => { for (;;) await 1; })();',
  'a regular expression': `/^(a+)+$/.test('a'.repeat(40) + 'b');`,
  'waiting for another thread': 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
  'a generator without end': 'const all = function* () { for (;;) yield 1; }; for (const one of all());',
  'a prototype that never ends': 'throw new Proxy({}, { getPrototypeOf() { for (;;); } });',
  'a reason that never ends': `throw { toString() { for (;;); }, constructor: { get name() { for (;;); } }, get stack() { for (;;); } };`,
  // Node sets 'code' on the error that it creates at the time limit.
  'a setter that never ends': `
    for (const object of [Object.prototype, Error.prototype])
      Reflect.defineProperty(object, 'code', { configurable: true, set() { for (;;); } });
    for (;;);`,
  'a setter that throws': `
    for (const object of [Object.prototype, Error.prototype])
      Reflect.defineProperty(object, 'code', { configurable: true, set() { throw new Error('x'); } });
    for (;;);`,
  'an error whose prototype never ends': `
    Object.setPrototypeOf(Error.prototype, new Proxy({}, { getPrototypeOf() { for (;;); }, get() { for (;;); } }));
    for (;;);`,
};

const names = Object.keys(ENDLESS);

const SOURCE = `
  import { schema, table, t, SenderError } from 'spacetimedb/server';
  const note = table({ name: 'note', public: true }, { text: t.string() });
  const mode = table({ name: 'mode', public: true }, { name: t.string().primaryKey() });
  const counted = table({ name: 'counted', public: true }, { id: t.u64().primaryKey().autoInc(), n: t.u32().index('btree') });
  const timer = table({ name: 'timer', scheduled: () => tick }, { id: t.u64().primaryKey().autoInc(), at: t.scheduleAt() });
  const spacetimedb = schema({ note, mode, counted, timer });
  export default spacetimedb;

  const is = (ctx, name) => ctx.db.mode.name.find(name) !== null;
  const endless = {
    ${names.map((name) => `${JSON.stringify(name)}: (ctx) => { ${ENDLESS[name]} },`).join('\n')}
  };
  export const run = spacetimedb.reducer({ name: t.string() }, (ctx, { name }) => {
    ctx.db.note.insert({ text: 'written before' });
    ctx.db.counted.insert({ id: 0n, n: 1 });
    endless[name](ctx);
  });
  export const alive = spacetimedb.reducer((ctx) => { ctx.db.counted.insert({ id: 0n, n: 2 }); });
  export const set_mode = spacetimedb.reducer({ name: t.string() }, (ctx, { name }) => { ctx.db.mode.insert({ name }); });
  export const tick = spacetimedb.reducer({ timer: timer.rowType }, (ctx) => {
    ctx.db.note.insert({ text: 'ticked' });
    if (is(ctx, 'tick')) for (;;);
  });
  export const start_timer = spacetimedb.reducer((ctx) => {
    ctx.db.timer.insert({ id: 0n, at: { tag: 'Interval', value: { __time_duration_micros__: 1_000_000n } } });
  });
  export const seen = spacetimedb.anonymousView({ name: 'seen', public: true }, t.array(note.rowType), (ctx) => {
    const rows = [...ctx.db.note.iter()];
    if (rows.some(({ text }) => text === 'poison')) for (;;);
    return rows;
  });
  export const write = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => { ctx.db.note.insert({ text }); });
  export const arrive = spacetimedb.clientConnected((ctx) => { if (is(ctx, 'arrive')) for (;;); });
  export const leave = spacetimedb.clientDisconnected((ctx) => {
    ctx.db.note.insert({ text: 'left' });
    if (is(ctx, 'leave')) for (;;);
  });
  export const fill = spacetimedb.reducer({ caught: t.bool() }, (ctx, { caught }) => {
    for (let n = 0; ; n++) {
      try { ctx.db.counted.insert({ id: 0n, n }); }
      catch (error) { if (!caught) throw error; ctx.db.note.insert({ text: 'went on' }); return; }
    }
  });
  export const fill_bytes = spacetimedb.reducer((ctx) => {
    for (let n = 0; ; n++) ctx.db.note.insert({ text: n + 'x'.repeat(100_000) });
  });
  export const dive = spacetimedb.reducer((ctx) => {
    let caught = '';
    const deeper = (n) => {
      try { ctx.db.counted.insert({ id: 0n, n }); deeper(n + 1); }
      catch (error) { caught ||= error instanceof RangeError ? 'RangeError' : error.name; }
    };
    deeper(0);
    ctx.db.note.insert({ text: caught });
  });
  export const dive_reading = spacetimedb.reducer((ctx) => {
    let caught = '';
    const deeper = () => {
      try { for (const row of ctx.db.mode.iter()) deeper(); }
      catch (error) { caught ||= error instanceof RangeError ? 'RangeError' : error.name; }
    };
    ctx.db.mode.insert({ name: 'something' });
    deeper();
    ctx.db.note.insert({ text: caught });
  });
`;

const FATAL = { tag: 'fatal', message: 'The instance encountered a fatal error.' };
/** Milliseconds. The program must load within this time, so it is far more than loading takes on this machine now. */
let limit: number;
let program: string;
beforeAll(async () => {
  program = await bundleSource(SOURCE);
  const load = async () => (await startHost({ program, name: 'stopped' })).stop();
  // The first time, the host's own code is compiled, too.
  await load();
  const started = performance.now();
  await load();
  limit = Math.min(3000, Math.max(500, Math.ceil(8 * (performance.now() - started))));
});

async function withHost(
  run: (host: StartedHost, time: ManualTime) => Promise<void> | void,
  limits: { callMillis?: number; transactionRows?: number; transactionBytes?: number } = {
    callMillis: limit,
  },
): Promise<void> {
  const time = new ManualTime();
  const host = await startHost({ program, name: 'stopped', limits, time });
  try {
    await run(host, time);
  } finally {
    await host.stop();
  }
}

const texts = (host: StartedHost) => host.sql('SELECT text FROM note').rows.map(([text]) => text);
const panics = (host: StartedHost) =>
  host.logs().flatMap(({ level, message }) => (level === 'Panic' ? [message] : []));
const stopped = (what: string, millis = limit) =>
  `The ${what} was stopped after ${millis} ms, the most that it may run (limit callMillis)`;
const isFrame = (value: unknown) => typeof value === 'object' && value !== null && 'getFileName' in value;
const callAs = (host: StartedHost, path: string, body: string) =>
  fetch(`${host.uri}/v1/database/stopped/${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${host.ownerToken}` },
  });

describe('calls that never return', () => {
  test.each(names)('a call is stopped, rolled back and logged: %s', (name) =>
    withHost((host) => {
      expect(host.call('run', [name])).toEqual(FATAL);
      expect(panics(host)).toEqual([stopped('reducer')]);
      expect(texts(host)).toEqual([]);
      expect(host.sql('SELECT * FROM counted').rows).toEqual([]);
      expect(host.call('alive')).toMatchObject({ tag: 'ok' });
      // The next value of the sequence was not used twice.
      expect(host.sql('SELECT id FROM counted').rows).toEqual([[2n]]);
    }),
  );

  test('after stopping a call the host answers others', () =>
    withHost(async (host) => {
      const answer = callAs(host, 'call/run', '["a loop"]');
      const ping = fetch(`${host.uri}/v1/ping`);
      expect((await ping).status).toBe(200);
      expect((await answer).status).toBe(530);
      expect(await (await answer).text()).toBe(FATAL.message);
    }));

  test('a call that is stopped while it makes an error does not change the stacks of other errors', () =>
    withHost((host) => {
      const { prepareStackTrace, stackTraceLimit } = Error;
      const { filter } = Array.prototype;
      onTestFinished(() => {
        Array.prototype.filter = filter;
        Object.assign(Error, { prepareStackTrace, stackTraceLimit });
      });
      // The time limit is reached while the host picks the module's frames out of a stack.
      Array.prototype.filter = function (this: unknown[], ...args: Parameters<typeof filter>) {
        while (isFrame(this[0]));
        return Reflect.apply(filter, this, args);
      } as typeof filter;
      const answer = host.call('run', ['a loop that makes errors']);
      Array.prototype.filter = filter;
      expect(answer).toEqual(FATAL);
      expect(new Error('of the host').stack).toContain('Error: of the host\n    at ');
      expect(Error.prepareStackTrace).toBe(prepareStackTrace);
      expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    }));

  test('a stopped call keeps the lines that it logged', () =>
    withHost((host) => {
      host.call('run', ['a loop that logs']);
      expect(host.logs().at(-1)?.message).toBe(stopped('reducer'));
      expect(host.logs().at(-2)?.message).toBe('again');
    }));
});

describe('other code that never returns', () => {
  test('an endless scheduled reducer is stopped', () =>
    withHost((host, time) => {
      host.call('set_mode', ['tick']);
      host.call('start_timer');
      time.advance(1500);
      expect(panics(host)).toEqual([stopped('reducer')]);
      expect(texts(host)).toEqual([]);
      expect(host.call('alive')).toMatchObject({ tag: 'ok' });
    }));

  test('an endless client_connected is stopped and refuses the client', () =>
    withHost(async (host) => {
      host.call('set_mode', ['arrive']);
      const answer = await callAs(host, 'call/alive', '[]');
      expect([answer.status, await answer.text()]).toEqual([403, FATAL.message]);
    }));

  test('an endless client_disconnected is stopped and the client is removed', () =>
    withHost(async (host) => {
      host.call('set_mode', ['leave']);
      expect((await callAs(host, 'call/alive', '[]')).status).toBe(200);
      expect(panics(host)).toEqual([stopped('reducer')]);
      expect(texts(host)).toEqual([]);
    }));

  test('an endless view is stopped', () =>
    withHost((host) => {
      host.call('write', ['poison']);
      expect(host.sql('SELECT * FROM seen').rows).toEqual([]);
      const panics = host.logs().filter(({ level }) => level === 'Panic');
      expect(panics.map(({ message }) => message)).toEqual([expect.stringContaining(stopped('view'))]);
      expect(host.call('alive')).toMatchObject({ tag: 'ok' });
    }));

  test('an endless program top level is stopped', async () => {
    const start = startHost({ program: 'for (;;);', name: 'endless', limits: { callMillis: limit } });
    await expect(start).rejects.toThrow(stopped('program'));
  });

  test('an endless init is stopped', async () => {
    const endless = await bundleSource(`
      import { schema } from 'spacetimedb/server';
      const spacetimedb = schema({}); export default spacetimedb;
      export const init = spacetimedb.init(() => { for (;;); });`);
    const start = startHost({ program: endless, name: 'endless', limits: { callMillis: limit } });
    await expect(start).rejects.toThrow('The instance encountered a fatal error.');
  });
});

describe('endless transactions', () => {
  const limits = { transactionRows: 2000, callMillis: 60_000 };
  const message = 'The transaction changes more than 2000 rows (limit transactionRows)';

  test.each([false, true])(
    'an endless transaction is refused even if the module catches the error (%s)',
    (caught) =>
      withHost((host) => {
        expect(host.call('fill', [caught])).toEqual(FATAL);
        expect(panics(host)).toEqual([message]);
        expect([texts(host), host.sql('SELECT * FROM counted').rows]).toEqual([[], []]);
        expect(host.call('alive')).toMatchObject({ tag: 'ok' });
      }, limits),
  );

  test('the size of a transaction in bytes is limited too', () =>
    withHost(
      (host) => {
        expect(host.call('fill_bytes')).toEqual(FATAL);
        expect(panics(host)).toEqual([
          'The transaction adds more than 1000000 bytes of rows (limit transactionBytes)',
        ]);
      },
      { transactionBytes: 1_000_000, callMillis: 60_000 },
    ));
});

describe('stack overflows', () => {
  test.each(['dive', 'dive_reading'])(
    'a stack overflow is a RangeError that the module may catch (%s)',
    (reducer) =>
      withHost(
        (host) => {
          const { tag } = host.call(reducer);
          // If the stack overflowed in the middle of a change, nothing of the call is kept.
          if (tag === 'fatal') expect(panics(host)).toEqual([expect.stringContaining('Maximum call stack')]);
          else expect(texts(host)).toEqual(['RangeError']);
          const rows = host.sql('SELECT n FROM counted').rows.map(([n]) => n as number);
          expect(rows.length > 100).toBe(tag === 'ok' && reducer === 'dive');
          // Every row is in every index.
          for (const n of rows.slice(-20)) {
            expect(host.sql(`SELECT n FROM counted WHERE n = ${n}`).rows).toEqual([[n]]);
          }
          expect(host.call('alive')).toMatchObject({ tag: 'ok' });
        },
        { callMillis: 60_000 },
      ),
  );
});
