/** A module runs here as on a real SpacetimeDB 2.8.3, which was tested with the same programs. */
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startHost, type StartedHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

async function start(program: string): Promise<StartedHost> {
  const host = await startHost({ program, name: 'there' });
  onTestFinished(() => host.stop());
  return host;
}

async function publish(host: StartedHost, program: string, name = 'there') {
  const answer = await fetch(`${host.uri}/v1/database/${name}?host_type=Js`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${host.ownerToken}` },
    body: program,
  });
  return { status: answer.status, text: await answer.text() };
}

const seen = (host: StartedHost) => host.sql('SELECT what FROM seen').rows.map(([what]) => what);

/** A module with the table `seen`, to which `put(ctx, …)` writes. */
const moduleOf = (source: string) => `
  import { schema, table, t, SenderError } from 'spacetimedb/server';
  const seen = table({ name: 'seen', public: true }, { what: t.string() });
  const spacetimedb = schema({ seen });
  export default spacetimedb;
  const put = (ctx, what) => ctx.db.seen.insert({ what: String(what) });
  ${source}`;

describe('the code of a module', () => {
  const MODULE = moduleOf(`
    const top = this;
    export const sloppy = spacetimedb.reducer((ctx) => {
      put(ctx, [top, typeof exports, typeof module, (function () { return this; })()].join());
      for (const attempt of [
        () => { Object.freeze(spacetimedb.x = { a: 1 }).a = 2; },
        () => { never_declared = 1; },
        () => { (function () { return arguments.callee; })(); },
      ]) try { attempt(); put(ctx, 'allowed'); } catch (error) { put(ctx, ctx.db.seen.count() + ' ' + error.name); }
    });
    export const meta = spacetimedb.reducer((ctx) => put(ctx, Object.keys(import.meta).length));
    export const \\u0061fter = spacetimedb.reducer((ctx) => put(ctx, 'exported with an escape'));
  `);

  test('the code of a module is an ES module: strict, and without the names of CommonJS', async () => {
    const host = await start(await bundleSource(MODULE));
    expect(host.call('sloppy')).toMatchObject({ tag: 'ok' });
    expect(seen(host)).toEqual([',undefined,undefined,', '1 TypeError', '2 ReferenceError', '3 TypeError']);
  });

  test('the code of a module may use import.meta and names with escapes', async () => {
    const host = await start(await bundleSource(MODULE));
    expect(host.call('meta')).toMatchObject({ tag: 'ok' });
    expect(host.call('after')).toMatchObject({ tag: 'ok' });
    expect(seen(host)).toEqual(['0', 'exported with an escape']);
  });

  test('a module may await promises that settle at its top level', async () => {
    const host = await start(
      await bundleSource(
        moduleOf(`
          const later = await new Promise((resolve) => { Promise.resolve().then(() => resolve('later')); });
          let total = 0;
          for await (const n of (async function* () { yield 1; yield 2; })()) total += n;
          export const tell = spacetimedb.reducer((ctx) => put(ctx, later + total));`),
      ),
    );
    host.call('tell');
    expect(seen(host)).toEqual(['later3']);
  });

  test('a module is refused when a promise that it awaits at its top level never settles or is rejected', async () => {
    const never = await bundleSource(moduleOf('await new Promise(() => undefined);'));
    await expect(start(never)).rejects.toThrow('top-level await that is still pending');
    const rejected = await bundleSource(moduleOf(`await Promise.reject(new RangeError('no luck'));`));
    await expect(start(rejected)).rejects.toThrow('Uncaught RangeError: no luck');
  });

  test('a module keeps a byte order mark at the start of a string', async () => {
    const host = await start(
      await bundleSource(`
        import { schema, table, t } from 'spacetimedb/server';
        const word = table({ name: 'word', public: true }, { text: t.string().primaryKey() });
        const spacetimedb = schema({ word });
        export default spacetimedb;
        export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => { ctx.db.word.insert({ text }); });
        export const all = spacetimedb.anonymousView({ name: 'all', public: true }, t.array(word.rowType),
          (ctx) => [...ctx.db.word.iter()]);
      `),
    );
    for (const text of ['a', '\uFEFFa', '\uFEFF\uFEFFa'])
      expect(host.call('add', [text])).toMatchObject({ tag: 'ok' });
    const texts = (query: string) => host.sql(query).rows.map(([text]) => (text as string).length);
    expect(texts('SELECT text FROM word').sort()).toEqual([1, 2, 3]);
    expect(texts('SELECT text FROM all').sort()).toEqual([1, 2, 3]);
    expect(texts(`SELECT text FROM word WHERE text = 'a'`)).toEqual([1]);
  });
});

describe('the built-ins of a module', () => {
  /** The results of V8 14.6. */
  const ANSWERS: Readonly<Record<string, unknown>> = {
    'Object.groupBy([1, 2, 3], (n) => n % 2 ? "odd" : "even").odd.join()': '1,3',
    'Map.groupBy([1, 2, 3], (n) => n % 2).get(0).join()': '2',
    'typeof Promise.withResolvers().resolve': 'function',
    'Promise.try(() => 1) instanceof Promise': 'true',
    'Array.fromAsync([1]) instanceof Promise': 'true',
    'new Uint8Array([1, 255]).toHex() + new Uint8Array([1, 255]).toBase64()': '01ffAf8=',
    'Uint8Array.fromBase64("Af8=").join() + Uint8Array.fromHex("01ff").join()': '1,2551,255',
    'RegExp.escape("a.b")': '\\x61\\.b',
    '(() => { let n = 0; { using d = { [Symbol.dispose]() { n++; } }; } return n; })()': '1',
    '(() => { const stack = new DisposableStack(); let n = 0; stack.defer(() => n++); stack.dispose(); return n; })()':
      '1',
    'JSON.stringify({ n: JSON.rawJSON("123456789012345678901234567890") })':
      '{"n":123456789012345678901234567890}',
    'JSON.parse("12345678901234567890", (_key, _value, { source }) => BigInt(source))':
      '12345678901234567890',
    'JSON.stringify({ a: [1, "x", null, undefined], b: undefined, c: new Date(0) })':
      '{"a":[1,"x",null,null],"c":"1970-01-01T00:00:00.000Z"}',
    'new Map([["a", 1]]).getOrInsert("a", 2)': '1',
    'Error.isError(new TypeError()) + "," + Error.isError({})': 'true,false',
    'new Set([1, 2]).union(new Set([3])).size': '3',
    '[1, 2, 3].values().drop(1).toArray().join()': '2,3',
    'Math.f16round(1.337)': '1.3369140625',
    'Promise.prototype.constructor === Promise && Promise.resolve(1) instanceof Promise': 'true',
    // What V8 14.6 does not have.
    'typeof Iterator.prototype.chunks': 'undefined',
    'typeof Iterator.zip': 'undefined',
    'typeof new TextEncoder().encodeInto': 'undefined',
    'typeof globalThis["__core-js_shared__"]': 'undefined',
    'new TextDecoder().ignoreBOM + new TextDecoder().encoding': 'falseutf-8',
    '(() => { try { return new TextDecoder("utf8") } catch (error) { return error.name } })()': 'RangeError',
    '(() => { try { return new TextDecoder("UTF-8") } catch (error) { return error.name } })()': 'RangeError',
    '(() => { try { return new TextDecoder("utf-8", { ignoreBOM: true }) } catch (error) { return error.name } })()':
      'TypeError',
    '(() => { try { return new TextDecoder().decode(new Uint8Array(1), { stream: true }) } catch (error) { return error.name } })()':
      'TypeError',
  };
  const expressions = Object.keys(ANSWERS);
  let host: StartedHost;
  beforeAll(async () => {
    const cases = expressions.map((expression) => `() => ${expression}`).join(',\n');
    host = await startHost({
      program: await bundleSource(
        moduleOf(`
        const cases = [${cases}];
        export const answer = spacetimedb.reducer({ n: t.u32() }, (ctx, { n }) => put(ctx, n + ' ' + String(cases[n]())));`),
      ),
      name: 'there',
    });
    return () => host.stop();
  });

  test.each(expressions)('the built-ins of a module are those of V8 14.6: %s', (expression) => {
    const n = expressions.indexOf(expression);
    expect(host.call('answer', [n])).toMatchObject({ tag: 'ok' });
    expect(seen(host)).toContain(`${n} ${ANSWERS[expression]}`);
  });
});

describe('programs that this host cannot run', () => {
  test('a program built for version 1 of the library is refused as too old', async () => {
    const program = `import {register_hooks} from "spacetime:sys@1.0"; register_hooks({}); export default {};`;
    await expect(start(program)).rejects.toThrow(
      'Could not import "spacetime:sys@1.0": the module was built with version 1 of the spacetimedb library',
    );
  });

  test('a program built for a later version of the library is refused as too new', async () => {
    await expect(start(`import * as sys from "spacetime:sys@3.0"; export default sys;`)).rejects.toThrow(
      'likely because this module was built for a newer version',
    );
  });

  test('a program that imports a name that the host does not export is refused with that name', async () => {
    await expect(
      start(`import { register_hooks } from "spacetime:sys@2.0"; export default register_hooks;`),
    ).rejects.toThrow(
      `The requested module 'spacetime:sys@2.0' does not provide an export named 'register_hooks'`,
    );
  });

  test('a program that throws while it loads is refused with the location, both at start and when published', async () => {
    const broken = await bundleSource(
      moduleOf(`
      function prepare() { throw new Error('no such luck'); }
      prepare();`),
    );
    const place =
      /Uncaught Error: no such luck\n\tat prepare \(module\.ts:8:\d+\)\n\tat <anonymous> \(module\.ts:9:\d+\)/;
    await expect(start(broken)).rejects.toThrow(place);
    const host = await start(await bundleSource(moduleOf('')));
    expect(await publish(host, broken, 'other')).toEqual({ status: 500, text: expect.stringMatching(place) });
  });
});

describe('a log line', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundleSource(
      moduleOf(`
      const helper = () => console.log('from a helper');
      export const speak = spacetimedb.reducer({ name: 'speak_up' }, (ctx) => { helper(); [1].forEach(function inner() { console.warn('inner'); }); });
      export const fail = spacetimedb.reducer((ctx) => { (function deep() { throw new Error('deep down'); })(); });
      export const insert_twice = spacetimedb.reducer((ctx) => { ctx.db.nowhere.insert({}); });
      export const shown = spacetimedb.anonymousView({ name: 'shown', public: true }, t.array(seen.rowType), (ctx) => { console.log('in a view'); return []; });
      export const init = spacetimedb.init(() => console.log('in init'));
    `),
    );
  });

  test('a log line has the name of the reducer or view as its function, whichever function wrote it', async () => {
    const host = await start(program);
    host.call('speak_up');
    host.call('fail');
    host.sql('SELECT * FROM shown');
    const written = host.logs().filter(({ filename }) => filename === 'module.ts');
    expect(written.map(({ message, function: name }) => [name, message])).toEqual([
      ['init', 'in init'],
      ['speak_up', 'from a helper'],
      ['speak_up', 'inner'],
      ['fail', 'Uncaught Error: deep down'],
      ['shown', 'in a view'],
    ]);
    expect(written[3]?.trace?.map(({ func_name }) => func_name).slice(0, 1)).toEqual(['deep']);
  });

  test.each([
    [`new (class Refusal extends Error { get name() { return 'Refusal'; } })('mine')`, 'mine'],
    [`Object.assign(new Error('mine'), { name: 'Own' })`, 'Own: mine'],
    ['new TypeError()', 'TypeError'],
    ['[1, 2]', '[object Array]'],
    ['Object.create(null)', '[object Object]'],
    ['new (class Thing {})()', '#<Thing>'],
    ['{ message: "m" }', '#<Object>'],
    ['Symbol("s")', 'Symbol(s)'],
    ['Math.max', 'function max() { [native code] }'],
  ])(
    'a log line describes what was thrown without running code of the module: %s',
    async (thrown, message) => {
      const host = await start(
        await bundleSource(moduleOf(`export const fail = spacetimedb.reducer(() => { throw ${thrown}; });`)),
      );
      host.call('fail');
      expect(host.logs().at(-1)).toMatchObject({
        level: 'Panic',
        message: `Uncaught ${message}`,
        function: 'fail',
      });
    },
  );

  test('a log line about a failed host call has only its message', async () => {
    const host = await start(
      await bundleSource(`
        import { schema, table, t } from 'spacetimedb/server';
        const item = table({ name: 'item' }, { id: t.u32().primaryKey(), name: t.string() });
        const spacetimedb = schema({ item });
        export default spacetimedb;
        export const twice = spacetimedb.reducer((ctx) => { for (const name of ['a', 'b']) ctx.db.item.insert({ id: 1, name }); });
      `),
    );
    host.call('twice');
    expect(host.logs().at(-1)?.message).toBe('Uncaught Value with given unique identifier already exists');
  });
});

describe('an auto-increment column', () => {
  const counting = (extra: string) =>
    bundleSource(`
    import { schema, table, t } from 'spacetimedb/server';
    const small = table({ name: 'small', public: true }, { id: t.u8().primaryKey().autoInc(), n: t.u32() });
    const spacetimedb = schema({ small });
    export default spacetimedb;
    export const add = spacetimedb.reducer((ctx) => { ctx.db.small.insert({ id: 0, n: 1 }); });
    ${extra}`);

  test('an auto-increment column continues with the next value after the module was published again', async () => {
    const host = await start(await counting(''));
    host.call('add');
    host.call('add');
    for (const version of ['1', '2']) {
      const newer = await counting(`export const more_${version} = spacetimedb.reducer(() => undefined);`);
      expect((await publish(host, newer)).status).toBe(200);
      expect(host.call('add')).toMatchObject({ tag: 'ok' });
    }
    expect(host.sql('SELECT id FROM small').rows.flat()).toEqual([1, 2, 3, 4]);
  });
});

test('a column whose type contains itself is refused when the module is published', async () => {
  const program = await bundleSource(`
    import { schema, table, t } from 'spacetimedb/server';
    const Tree = t.object('Tree', { value: t.u32(), get children() { return t.array(Tree); } });
    const spacetimedb = schema({ tree: table({ name: 'tree' }, { root: Tree }) });
    export default spacetimedb;
  `);
  await expect(start(program)).rejects.toThrow('Column `root` of `tree` has a type that contains itself');
});
