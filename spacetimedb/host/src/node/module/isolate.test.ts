import { beforeAll, describe, expect, test } from 'vitest';
import { startHost, type StartedHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';

const SOURCE = `
  import { schema, table, t, SenderError, errors } from 'spacetimedb/server';
  const result = table({ name: 'result', public: true }, { text: t.string() });
  const item = table({ name: 'item', public: true }, { id: t.u32().primaryKey(), name: t.string() });
  const spacetimedb = schema({ result, item });
  export default spacetimedb;

  const report = (ctx, value) => ctx.db.result.insert({ text: String(value) });

  export const globals = spacetimedb.reducer({ names: t.array(t.string()) }, (ctx, { names }) => {
    for (const name of names) if (typeof globalThis[name] !== 'undefined') report(ctx, name);
  });
  export const randomness = spacetimedb.reducer((ctx) => report(ctx, Math.random()));
  export const seeded = spacetimedb.reducer((ctx) => report(ctx, ctx.random() >= 0 && ctx.random() < 1));
  export const text = spacetimedb.reducer((ctx) => {
    const bytes = new TextEncoder().encode('grüß 👋');
    report(ctx, bytes instanceof Uint8Array && new TextDecoder().decode(bytes));
  });
  export const invalid_text = spacetimedb.reducer((ctx) => {
    try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])); }
    catch (error) { report(ctx, error instanceof TypeError); }
  });
  export const builtins = spacetimedb.reducer((ctx) => {
    report(ctx, [1, 2, 3].values().map((n) => n * 2).toArray().join());
    report(ctx, new Set([1]).isSubsetOf(new Set([1, 2])));
    report(ctx, typeof Symbol.dispose);
  });
  export const twice = spacetimedb.reducer((ctx) => {
    ctx.db.item.insert({ id: 1, name: 'a' });
    try { ctx.db.item.insert({ id: 1, name: 'b' }); }
    catch (error) { report(ctx, error instanceof errors.UniqueAlreadyExists && error.name + ': ' + error.message); }
  });
  export const refuse = spacetimedb.reducer((ctx) => {
    report(ctx, 'written before the refusal');
    throw new SenderError('not today');
  });
  export const crash = spacetimedb.reducer((ctx) => {
    report(ctx, 'written before the crash');
    explode();
  });
  function explode() { throw new RangeError('a secret of the module'); }
  export const throw_any = spacetimedb.reducer({ which: t.u8() }, (ctx, { which }) => {
    class Refusal extends Error { name = 'Refusal'; }
    throw ['a text', null, undefined, { message: 'm' }, new Refusal('mine'), new Error(''), 5n][which];
  });
  export const strict = spacetimedb.reducer((ctx) => {
    report(ctx, (function () { return this; })());
    try { undeclared = 1; } catch (error) { report(ctx, error instanceof ReferenceError); }
  });
  export const marks = spacetimedb.reducer((ctx) => {
    report(ctx, new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])).length);
    report(ctx, typeof new TextEncoder().encodeInto);
    for (const [label, options, decoding] of [['utf8'], ['UTF-8'], ['utf-8', { ignoreBOM: true }], ['utf-8', {}, { stream: true }]]) {
      try { new TextDecoder(label, options).decode(new Uint8Array(1), decoding); report(ctx, 'taken'); }
      catch (error) { report(ctx, error.name); }
    }
  });
  export const code_from_text = spacetimedb.reducer((ctx) => {
    report(ctx, Function('a', 'b', 'return a + b')(1, 2));
    report(ctx, new Function('return 3')() + eval('1 + 1'));
    report(ctx, Function('return 1') instanceof Function && (() => 1).constructor === Function && Function.name);
    report(ctx, Object.getPrototypeOf(Function('x', 'return x')) === Function.prototype);
    class Adder extends Function {} ; report(ctx, new Adder('return 4')());
    report(ctx, Function('value', 'return value.import + value["import"]')({ import: 1 }));
  });
  export const own_errors = spacetimedb.reducer((ctx) => {
    class Mine extends TypeError { constructor(text) { super(text, { cause: 1 }); } }
    const error = new Mine('x');
    report(ctx, [error instanceof Mine, error instanceof TypeError, error instanceof Error, error.constructor === Mine,
      error.cause, Error('y') instanceof Error, Object.getPrototypeOf(TypeError) === Error, typeof error.stack,
      Object.keys(error).length, JSON.stringify(error)].join());
    try { null.x } catch (error) { report(ctx, error instanceof TypeError && error.constructor === TypeError); }
  });
  export const overflow = spacetimedb.reducer(() => { const again = () => again() + 1; again(); });
  export const noisy = spacetimedb.reducer(() => {
    console.error('one'); console.warn('two', { three: 3 }); console.info('four'); console.debug('five');
    console.time('span'); console.timeEnd('span');
  });
  export const many = spacetimedb.reducer((ctx) => {
    for (let id = 0; id < 5000; id++) ctx.db.item.insert({ id, name: 'x'.repeat(40) });
    let count = 0;
    for (const row of ctx.db.item.iter()) { count++; if (row.id % 2) ctx.db.item.id.delete(row.id); }
    report(ctx, count + ' ' + ctx.db.item.count());
  });
`;

let program: string;
beforeAll(async () => {
  program = await bundleSource(SOURCE);
});

async function withHost(run: (host: StartedHost) => void | Promise<void>): Promise<void> {
  const host = await startHost({ program, name: 'isolation' });
  try {
    await run(host);
  } finally {
    await host.stop();
  }
}

/** What the reducer reported, in order. */
function reported(host: StartedHost): unknown[] {
  return host.sql('SELECT text FROM result').rows.map(([text]) => text);
}

describe('globals of a module', () => {
  test('a module has only the globals that SpacetimeDB provides', () =>
    withHost((host) => {
      const names = [
        ...[
          'setTimeout',
          'setInterval',
          'queueMicrotask',
          'fetch',
          'crypto',
          'performance',
          'structuredClone',
        ],
        ...['atob', 'process', 'require', 'Buffer', 'module', 'exports'],
      ];
      expect(host.call('globals', [names])).toMatchObject({ tag: 'ok' });
      expect(reported(host)).toEqual([]);
      const given = ['TextEncoder', 'TextDecoder', 'console', 'Intl', 'WebAssembly'];
      host.call('globals', [given]);
      expect(reported(host)).toEqual(given);
    }));

  test('a module cannot use Math.random, but has ctx.random', () =>
    withHost((host) => {
      expect(host.call('randomness')).toEqual({
        tag: 'fatal',
        message: 'The instance encountered a fatal error.',
      });
      expect(host.call('seeded')).toMatchObject({ tag: 'ok' });
      expect(reported(host)).toEqual(['true']);
    }));

  test('a module encodes and decodes text with arrays and errors of its realm', () =>
    withHost((host) => {
      host.call('text');
      host.call('invalid_text');
      expect(reported(host)).toEqual(['grüß 👋', 'true']);
    }));

  test('a module has the built-ins of a current V8, whatever Node runs it', () =>
    withHost((host) => {
      host.call('builtins');
      expect(reported(host)).toEqual(['2,4,6', 'true', 'symbol']);
    }));

  test('a module runs in strict mode', () =>
    withHost((host) => {
      expect(host.call('strict')).toMatchObject({ tag: 'ok' });
      expect(reported(host)).toEqual(['undefined', 'true']);
    }));

  test('a module decodes text like the real server: with its byte order mark, and only as UTF-8', () =>
    withHost((host) => {
      expect(host.call('marks')).toMatchObject({ tag: 'ok' });
      expect(reported(host)).toEqual(['2', 'undefined', 'RangeError', 'TypeError']);
    }));

  test('a module can create functions from text', () =>
    withHost((host) => {
      expect(host.call('code_from_text')).toMatchObject({ tag: 'ok' });
      expect(reported(host)).toEqual(['3', '5', 'Function', 'true', '4', '2']);
    }));

  test('errors in a module behave like in JavaScript', () =>
    withHost((host) => {
      expect(host.call('own_errors')).toMatchObject({ tag: 'ok' });
      expect(reported(host)).toEqual(['true,true,true,true,1,true,true,string,0,{}', 'true']);
    }));

  test("a module can catch a failed host call as its library's error class", () =>
    withHost((host) => {
      expect(host.call('twice')).toMatchObject({ tag: 'ok' });
      expect(reported(host)).toEqual([
        'UniqueAlreadyExists: Value with given unique identifier already exists',
      ]);
    }));

  test('a module may change a table while iterating over many rows', () =>
    withHost((host) => {
      host.call('many');
      expect(reported(host)).toEqual(['5000 2500']);
    }));
});

describe('a reducer that throws', () => {
  test('a SenderError rolls the call back and reaches the caller', () =>
    withHost((host) => {
      expect(host.call('refuse')).toEqual({ tag: 'sender_error', message: 'not today' });
      expect(reported(host)).toEqual([]);
      expect(host.logs().at(-1)).toMatchObject({
        level: 'Error',
        message: 'not today',
        function: 'refuse',
        filename: '__spacetimedb__',
      });
    }));

  test('any other error rolls the call back and is not shown to the caller', () =>
    withHost((host) => {
      expect(host.call('crash')).toEqual({
        tag: 'fatal',
        message: 'The instance encountered a fatal error.',
      });
      expect(reported(host)).toEqual([]);
      const record = host.logs().at(-1);
      expect(record).toMatchObject({
        level: 'Panic',
        message: 'Uncaught RangeError: a secret of the module',
      });
      expect(record?.trace?.[0]).toMatchObject({ func_name: 'explode' });
    }));

  test.each([
    [0, 'Uncaught a text'],
    [1, 'Uncaught null'],
    [2, 'Uncaught undefined'],
    [3, 'Uncaught #<Object>'],
    [4, 'Uncaught Refusal: mine'],
    [5, 'Uncaught Error'],
    [6, 'Uncaught 5'],
  ])('a reducer is logged with whatever it throws (%i)', (which, message) =>
    withHost((host) => {
      expect(host.call('throw_any', [which])).toMatchObject({ tag: 'fatal' });
      expect(host.logs().at(-1)).toMatchObject({ level: 'Panic', message, function: 'throw_any' });
    }),
  );

  test('endless recursion in a reducer does not crash the host', () =>
    withHost((host) => {
      expect(host.call('overflow')).toMatchObject({ tag: 'fatal' });
      expect(host.call('seeded')).toMatchObject({ tag: 'ok' });
    }));
});

test('log lines of a module keep their level and source location', () =>
  withHost((host) => {
    const before = host.logs().length;
    host.call('noisy');
    const records = host.logs().slice(before);
    expect(records.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'Error one',
      'Warn two { three: 3 }',
      'Info four',
      'Debug five',
      expect.stringMatching(/^Info Timing span "span": [\d.]+(µs|ms|s)$/),
    ]);
    expect(records[0]).toMatchObject({ filename: 'module.ts', line_number: expect.any(Number) });
  }));

describe('invalid programs', () => {
  const cases: [what: string, source: string, message: RegExp][] = [
    ['does not parse', 'export default {', /does not parse/],
    ['closes more than it opens', 'export default 1; }); (function () {', /does not parse/],
    ['exports no schema', 'export const x = 1;', /must export its schema as default export/],
    ['exports something else', 'export default { a: 1 };', /not a Schema object/],
    ['imports what there is not', "import 'node:fs'; export default {};", /Could not find module "node:fs"/],
    ['throws when it is loaded', "throw new Error('no such luck');", /Uncaught Error: no such luck/],
  ];
  test.each(cases)('a program is refused when it %s', async (_what, source, message) => {
    await expect(startHost({ program: source, name: 'broken' })).rejects.toThrow(message);
  });
});
