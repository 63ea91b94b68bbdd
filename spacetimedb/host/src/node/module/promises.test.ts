import vm from 'node:vm';
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startHost, type StartedHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { watchRejections } from './rejections.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SOURCE = `
  import { schema, table, t, SenderError } from 'spacetimedb/server';
  const seen = table({ name: 'seen', public: true }, { what: t.string() });
  const spacetimedb = schema({ seen });
  export default spacetimedb;
  const put = (ctx, what) => ctx.db.seen.insert({ what });

  Promise.reject(new Error('rejected at the top'));
  export const init = spacetimedb.init(async (ctx) => {
    put(ctx, 'init'); await null; put(ctx, 'init later'); throw new Error('rejected init');
  });
  export const arrive = spacetimedb.clientConnected(async (ctx) => { await null; put(ctx, 'arrived'); throw new SenderError('not you'); });
  export const leave = spacetimedb.clientDisconnected(async (ctx) => { await null; put(ctx, 'left'); throw new Error('rejected leave'); });
  export const later = spacetimedb.reducer(async (ctx) => {
    put(ctx, 'before');
    for (let n = 0; n < 1000; n++) await Promise.resolve();
    put(ctx, 'after');
  });
  export const rejects = spacetimedb.reducer(async (ctx) => { put(ctx, 'kept'); throw new SenderError('no'); });
  export const floats = spacetimedb.reducer((ctx) => { put(ctx, 'kept'); void Promise.reject(new RangeError('left behind')); });
  export const throws = spacetimedb.reducer((ctx) => {
    void Promise.resolve().then(() => put(ctx, 'too late'));
    throw new SenderError('refused');
  });
  export const odd = spacetimedb.reducer({ which: t.u8() }, (ctx, { which }) => {
    const reasons = [
      undefined, null, 'a text', Symbol('s'), 5n, {}, Math.max,
      new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 1; } }),
      Object.create(null), { get stack() { throw 1; }, toString() { throw 1; } },
    ];
    const rejected = Promise.reject(reasons[which % reasons.length]);
    if (which >= 100) Object.setPrototypeOf(rejected, which % 2 ? null : new Proxy({}, { getPrototypeOf() { throw 1; } }));
  });
  export const handled_late = spacetimedb.reducer((ctx) => { globalThis.kept = Promise.reject(new Error('handled in the next call')); });
  export const handle = spacetimedb.reducer((ctx) => { globalThis.kept.catch(() => put(ctx, 'handled')); });
  export const slow_view = spacetimedb.anonymousView({ name: 'slow_view', public: true }, t.array(seen.rowType),
    async (ctx) => { await null; return [...ctx.db.seen.iter()]; });
`;

let program: string;
beforeAll(async () => {
  program = await bundleSource(SOURCE);
});

async function start(): Promise<StartedHost> {
  const host = await startHost({ program, name: 'promises' });
  onTestFinished(() => host.stop());
  return host;
}

const seen = (host: StartedHost) => host.sql('SELECT what FROM seen').rows.map(([what]) => what);
/** The logged rejections. Node reports them at the end of its turn. */
async function rejections(host: StartedHost): Promise<string[]> {
  await new Promise((resolve) => setImmediate(resolve));
  const prefix = 'Unhandled promise rejection: ';
  return host
    .logs()
    .filter(({ message }) => message.startsWith(prefix))
    .map(({ level, message }) => `${level} ${message.slice(prefix.length)}`);
}
const AT_START = ['Error Uncaught Error: rejected at the top', 'Error Uncaught Error: rejected init'];

describe('promises of a module', () => {
  test('a rejected promise does not stop the program or its init', async () => {
    const host = await start();
    expect(seen(host)).toEqual(['init', 'init later']);
    expect(await rejections(host)).toEqual(AT_START);
  });

  test('a promise runs to its end within the call and its transaction', async () => {
    const host = await start();
    expect(host.call('later')).toMatchObject({ tag: 'ok' });
    expect(seen(host).slice(2)).toEqual(['before', 'after']);
  });

  test.each([
    ['rejects', 'Error no'],
    ['floats', 'Error Uncaught RangeError: left behind'],
  ])('a rejected promise is only logged (%s)', async (reducer, line) => {
    const host = await start();
    expect(host.call(reducer)).toMatchObject({ tag: 'ok' });
    expect(seen(host).slice(2)).toEqual(['kept']);
    expect(await rejections(host)).toEqual([...AT_START, line]);
  });

  test('a promise changes nothing if its reducer throws', async () => {
    const host = await start();
    expect(host.call('throws')).toEqual({ tag: 'sender_error', message: 'refused' });
    expect(seen(host)).toEqual(['init', 'init later']);
  });

  test('a rejected promise in a lifecycle reducer does not refuse the client', async () => {
    const host = await start();
    const answer = await fetch(`${host.uri}/v1/database/promises/call/later`, {
      method: 'POST',
      body: '[]',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
    expect(seen(host).slice(2)).toEqual(['arrived', 'before', 'after', 'left']);
    expect((await rejections(host)).slice(2)).toEqual([
      'Error not you',
      'Error Uncaught Error: rejected leave',
    ]);
  });

  test('a view that returns a promise has no rows and a line in the log, and harms nothing else', async () => {
    const host = await start();
    host.call('later');
    expect(host.sql('SELECT * FROM slow_view').rows).toEqual([]);
    expect(host.logs().map(({ level }) => level)).toContain('Panic');
    expect(host.call('later')).toMatchObject({ tag: 'ok' });
  });

  test('a promise may be rejected with anything', async () => {
    const host = await start();
    for (let which = 0; which < 10; which++) expect(host.call('odd', [which])).toMatchObject({ tag: 'ok' });
    expect((await rejections(host)).slice(2)).toEqual([
      ...[
        'undefined',
        'null',
        'a text',
        'Symbol(s)',
        '5',
        '#<Object>',
        'function max() { [native code] }',
      ].map((text) => `Error Uncaught ${text}`),
      'Error Uncaught exception that cannot be described',
      'Error Uncaught [object Object]',
      'Error Uncaught [object Object]',
    ]);
    // Promises that hide their realm.
    for (const which of [100, 101]) expect(host.call('odd', [which])).toMatchObject({ tag: 'ok' });
    await rejections(host);
    expect(host.call('later')).toMatchObject({ tag: 'ok' });
  });

  test('a promise may be handled in a later call', async () => {
    const host = await start();
    host.call('handled_late');
    expect(await rejections(host)).toHaveLength(3);
    host.call('handle');
    expect(seen(host).slice(2)).toEqual(['handled']);
    expect(await rejections(host)).toHaveLength(3);
  });
});

describe('promises of the embedding program', () => {
  afterEach(() => process.removeAllListeners('rejectionHandled'));

  test('promises of the embedding program are treated as without a host', async () => {
    // The hosts of other tests are released at the end of a turn.
    await new Promise((resolve) => setImmediate(resolve));
    const listeners = process.listenerCount('unhandledRejection');
    const emit = process.emit;
    const host = await start();
    expect(process.listenerCount('unhandledRejection')).toBe(listeners);
    const told = vi.fn();
    process.on('rejectionHandled', told);
    class OwnPromise extends Promise<number> {}
    for (const promise of [Promise.resolve(1), OwnPromise.resolve(2)]) {
      expect(process.emit('rejectionHandled', promise)).toBe(true);
      expect(told).toHaveBeenLastCalledWith(promise);
    }
    await host.stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(process.emit).toBe(emit);
  });

  test('promises of the embedding program are distinguished from those of contexts', async () => {
    const told = vi.fn();
    const listener = vi.fn();
    process.on('rejectionHandled', listener);
    const theirs = vm.runInNewContext('Promise.resolve(1)') as Promise<number>;
    const stop = watchRejections(Object.getPrototypeOf(theirs) as object, told);
    process.emit('unhandledRejection', 'the reason', theirs);
    expect(told.mock.calls).toEqual([['the reason']]);
    expect(process.emit('rejectionHandled', theirs)).toBe(true);
    expect(listener).not.toHaveBeenCalled();
    stop();
    await new Promise((resolve) => setImmediate(resolve));
    process.emit('rejectionHandled', theirs);
    expect(listener).toHaveBeenCalledOnce();
  });
});
