import vm from 'node:vm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { startHost, type StartedHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { ESCAPES } from './testing/escapes.ts';
import { INSPECT } from './testing/inspect.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const names = Object.keys(ESCAPES);

const SOURCE = `
  import { schema, table, t } from 'spacetimedb/server';
  import * as sys from 'spacetime:sys@2.0';
  const item = table({ name: 'item', public: true }, { id: t.u32().primaryKey(), name: t.string() });
  const verdict = table({ name: 'verdict', public: true }, { text: t.string() });
  const spacetimedb = schema({ item, verdict });
  export default spacetimedb;

  ${INSPECT}

  const attempts = {
    ${names.map((name) => `${JSON.stringify(name)}: async (leak, ctx, sys, outerArguments) => { ${ESCAPES[name]} },`).join('\n')}
  };

  export const attempt = spacetimedb.reducer({ name: t.string() }, async function (ctx, { name }) {
    const found = [];
    const leak = (...values) => { for (let n = 0; n < values.length; n++) found[found.length] = values[n]; };
    try { await attempts[name](leak, ctx, sys, arguments); } catch (error) { found[found.length] = error; }
    Array.prototype[Symbol.iterator] = iterate;
    const seen = [];
    let text = 'inside';
    for (let n = 0; n < found.length; n++) text = inspect(found[n], seen, 3) ?? text;
    for (let n = 0; n < found.length; n++) if (typeof found[n] === 'string' && found[n].startsWith('found ')) text = found[n];
    ctx.db.verdict.insert({ text });
  });
  export const alive = spacetimedb.reducer((ctx) => { ctx.db.item.insert({ id: 777, name: 'alive' }); });
`;

let program: string;
beforeAll(async () => {
  program = await bundleSource(SOURCE);
});

async function withHost(run: (host: StartedHost) => Promise<void> | void): Promise<void> {
  const host = await startHost({ program, name: 'escapes', limits: { callMillis: 60_000 } });
  try {
    await run(host);
  } finally {
    await host.stop();
  }
}

describe('inspect', () => {
  const values: [what: string, value: unknown][] = [
    ['a function', () => 1],
    ['an error', new TypeError('x')],
    [
      'an array in an object without a prototype',
      Object.assign(Object.create(null) as object, { list: [1] }),
    ],
    ['a buffer', new Uint8Array(3)],
    ['a promise', Promise.resolve(1)],
  ];
  test.each(values)('inspect finds %s', (_what, value) => {
    const inspect = vm.runInNewContext(`${INSPECT}; (value) => inspect(value, [], 3)`) as (
      value: unknown,
    ) => unknown;
    expect(inspect(value)).toBe('of another realm: object');
  });

  test('inspect finds nothing in values of its own realm', () => {
    const found = vm.runInNewContext(
      `${INSPECT}; [1, {}, [1], new Error('x'), new Uint8Array(2), () => 1].map((value) => String(inspect(value, [], 3))).join()`,
    );
    expect(found).toBe(Array(6).fill('undefined').join());
  });
});

describe('attempts to escape', () => {
  test.each(names)("a module cannot reach the host's realm by %s", (name) =>
    withHost(async (host) => {
      expect(host.call('attempt', [name])).toMatchObject({ tag: 'ok' });
      expect(host.sql('SELECT text FROM verdict').rows).toEqual([['inside']]);
      await new Promise((resolve) => setImmediate(resolve));
      expect(host.logs().filter(({ level }) => level === 'Panic')).toEqual([]);
      // Changing its own globals does not break the host either.
      expect(host.call('alive')).toMatchObject({ tag: 'ok' });
      expect(host.sql('SELECT name FROM item WHERE id = 777').rows).toEqual([['alive']]);
    }),
  );
});
