/**
 * The log says where a module threw something without a stack of V8: errors of the engine itself, and values that are
 * not errors.
 */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { startHost, type StartedHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Each case throws in the line that has `// here`. */
const CASES: Readonly<Record<string, string>> = {
  'a property of undefined': `(ctx) => {
    const found = {};
    const { length } = found.name.first; // here
    return length;
  }`,
  'a call of what is no function': `(ctx) => {
    ctx.db.seen.insert({ what: 'x' });
    ctx.db.seen.what.find('x'); // here
  }`,
  'an expression of an arrow function': `(ctx) => [1].map((n) =>
    n.first.second, // here
  )`,
  'a thrown text': `(ctx) => {
    if (ctx.sender) {
      throw 'a text'; // here
    }
  }`,
  'a thrown object': `function (ctx) {
    'use strict';
    throw { message: 'm' }; // here
  }`,
  'a loop': `(ctx) => {
    for (const value of [{ a: {} }, {}]) {
      value.a.b = 1; // here
    }
  }`,
  'a switch': `(ctx) => {
    switch (ctx.db.seen.count()) {
      case 0n:
        null.x; // here
    }
  }`,
  'a constructor, a getter and a method': `(ctx) => {
    class Base { constructor() { this.ready = true; } }
    class Thing extends Base {
      #own = [1].map((n) => n + 1);
      static { this.made = 0; }
      constructor() { super(); Thing.made++; }
      get first() { return this.#own[0]; }
      run(value = (() => 1)()) {
        return undefined.nothing + value; // here
      }
    }
    const thing = new Thing();
    return thing.first && thing.run();
  }`,
  'a generator': `(ctx) => {
    const count = function* () {
      yield 1;
      yield BigInt(1.5); // here
    };
    for (const n of count());
  }`,
  'what is caught and thrown again': `(ctx) => {
    try {
      null.x;
    } catch (error) {
      throw error; // here
    }
  }`,
  'after something was caught': `(ctx) => {
    const wrong = () => { throw 1; };
    try { wrong(); } catch {}
    null.x; // here
  }`,
  'a name that is used too early': `(ctx) => {
    ctx.db.seen.insert({ what: early }); // here
    let early = 1;
  }`,
  'an object in parentheses': `(ctx) => [1].map((n) => ({ n, x: n.a.b })) // here
  `,
};
const names = Object.keys(CASES);

const SOURCE = `
  import { schema, table, t } from 'spacetimedb/server';
  const seen = table({ name: 'seen', public: true }, { what: t.string() });
  const spacetimedb = schema({ seen });
  export default spacetimedb;
  ${names.map((_, n) => `const case_${n} = ${Object.values(CASES)[n]};`).join('\n')}
  const cases = [${names.map((_, n) => `case_${n}`).join()}];
  export const run = spacetimedb.reducer({ n: t.u32() }, (ctx, { n }) => { cases[n](ctx); });
  export const fine = spacetimedb.reducer((ctx) => {
    const pick = (n) => n > 1 ? { n } : null;
    const later = async () => { await 1; return pick(2).n; };
    ctx.db.seen.insert({ what: [pick(2).n, [...(function* () { yield* [1, 2]; return 3; })()].length].join() });
    void later().then((n) => ctx.db.seen.insert({ what: 'later ' + n }));
  });
  export const column = spacetimedb.reducer((ctx) => { const a = 1; if (a) { throw new Error('at its column'); } });
`;

let host: StartedHost;
beforeAll(async () => {
  host = await startHost({ program: await bundleSource(SOURCE), name: 'lines' });
  return () => host.stop();
});

describe('the log names the line of the statement that threw:', () => {
  test.each(names)('%s', (name) => {
    const n = names.indexOf(name);
    const start = SOURCE.indexOf(`const case_${n} =`);
    const line = SOURCE.slice(0, SOURCE.indexOf('// here', start)).split('\n').length;
    expect(host.call('run', [n])).toMatchObject({ tag: 'fatal' });
    expect(host.logs().at(-1)).toMatchObject({
      level: 'Panic',
      filename: 'module.ts',
      line_number: line,
      function: 'run',
    });
  });

  test('the log names the functions that an error passed through', () => {
    host.call('run', [names.indexOf('a constructor, a getter and a method')]);
    const { trace = [] } = host.logs().at(-1) ?? {};
    const last = `case_${names.indexOf('a constructor, a getter and a method')}`;
    expect(trace.map(({ func_name }) => func_name)).toEqual(['run', last, undefined]);
  });
});

test('noting statements does not change what the code does', () => {
  expect(host.call('fine')).toMatchObject({ tag: 'ok' });
  expect(host.sql('SELECT what FROM seen').rows.flat().sort()).toEqual(['2,2', 'later 2']);
});
