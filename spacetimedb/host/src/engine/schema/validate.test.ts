import fc from 'fast-check';
import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { moduleTest } from '../../codegen/testing/module-test.ts';
import { ModuleDefError } from './errors.ts';
import { encodeRawModuleDef, type RawModuleDefV10 } from './raw-module-def.ts';
import { resolveModuleDef, resolveRawModuleDef } from './resolve.ts';
import { bananas, index, problems, withSection } from './testing/module-problems.ts';
import { btree, direct, hash, plainEnum, product, RawModuleBuilder } from './testing/raw-module-builder.ts';
import { unsupportedFeatures } from './validate.ts';

const { String: Text, U32 } = AlgebraicType;

describe('valid modules', () => {
  it.each<[string, RawModuleBuilder]>([
    ['a module without anything', new RawModuleBuilder()],
    ['the module that the real server is tested with', moduleTest()],
    ['a hash index', bananas({ indexes: index(hash(0)) })],
    ['a direct index on an unsigned integer', bananas({ indexes: index(direct(0)) })],
    [
      'a unique constraint whose index names the columns the other way round',
      bananas({ unique: [[0, 1]], indexes: index(btree(1, 0)) }),
    ],
    [
      'a reducer and an HTTP handler of one name',
      new RawModuleBuilder()
        .reducer('handle')
        .section({ tag: 'HttpHandlers', value: [{ sourceName: 'handle' }] }),
    ],
    [
      'names in other scripts, and words of SQL',
      new RawModuleBuilder().table('größe', { 名前: Text, select: U32, _x: U32 }),
    ],
    [
      'a namespace of 63 bytes',
      withSection({ tag: 'Submodules', value: [{ namespace: 'a'.repeat(63), module: { sections: [] } }] }),
    ],
    [
      'a sequence that starts in its range',
      bananas({ sequences: [{ column: 1, minValue: 1n, start: 5n, maxValue: 9n }] }),
    ],
  ])('validation accepts %s', (_, module) => {
    expect(problems(module)).toEqual([]);
  });

  it('validation accepts a type that refers to itself', () => {
    const module = new RawModuleBuilder();
    module.reducer('silly', { a: module.type('Recursive', product({ a: { tag: 'Ref', value: 0 } })) });
    expect(problems(module)).toEqual([]);
  });

  it('validation accepts a direct index on an enum without payloads', () => {
    const module = new RawModuleBuilder();
    const color = module.type('Color', plainEnum('Red', 'Green'));
    module.table('paint', { color }, { indexes: index(direct(0)) });
    expect(problems(module)).toEqual([]);
  });
});

describe('submodules', () => {
  const mounted = (namespace: string, module = new RawModuleBuilder()): RawModuleBuilder =>
    withSection({ tag: 'Submodules', value: [{ namespace, module: module.build() }] });

  it.each([
    ['', 'Submodule `` has a namespace that is empty.'],
    ['a'.repeat(64), `Submodule \`${'a'.repeat(64)}\` has a namespace of more than 63 bytes.`],
  ])('validation refuses the namespace `%s`', (namespace, sentence) => {
    expect(problems(mounted(namespace))).toEqual([sentence]);
  });

  it('validation refuses a repeated namespace', () => {
    const module = withSection({
      tag: 'Submodules',
      value: ['auth', 'auth'].map((namespace) => ({ namespace, module: { sections: [] } })),
    });
    expect(problems(module)).toEqual(['The namespace `auth` is used for more than one submodule.']);
  });

  it('validation refuses lifecycle reducers in submodules at any depth', () => {
    const deep = new RawModuleBuilder().reducer('start', {}, { lifecycle: 'Init' });
    expect(problems(mounted('auth', mounted('baz', deep)))).toEqual([
      'In submodule `auth`: Submodule `baz` declares the lifecycle reducer `start`, which only the root module may.',
    ]);
  });

  it('a problem in a submodule names the submodule', () => {
    expect(problems(mounted('auth', bananas({ unique: [[0]] })))).toEqual([
      'In submodule `auth`: Unique constraint `bananas_b_key` of table `Bananas` has no index on the same columns.',
    ]);
  });
});

describe('errors', () => {
  it('an error lists all problems at once, one per line, without repetition', () => {
    const module = bananas({ unique: [[0]], sequences: [{ column: 1 }, { column: 1 }] }).reducer('1');
    const told = problems(module);
    expect(told.length).toBeGreaterThan(3);
    expect(new Set(told).size).toBe(told.length);
    expect(new ModuleDefError(told).message.split('\n')).toEqual(told);
  });

  it('a broken description only ever leads to a ModuleDefError', () => {
    const good = encodeRawModuleDef(moduleTest().build());
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = good.slice();
        for (const [position, byte] of changes) bytes[position] = byte;
        try {
          resolveModuleDef(bytes);
        } catch (error) {
          if (!(error instanceof ModuleDefError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('unsupportedFeatures', () => {
  it('unsupportedFeatures is empty for a module of tables and reducers', () => {
    expect(unsupportedFeatures(resolveRawModuleDef(bananas().reducer('foo').build()))).toEqual([]);
  });

  it('unsupportedFeatures refuses a view with parameters', () => {
    const def = resolveRawModuleDef(moduleTest().build());
    const params = { elements: [{ name: 'id', algebraicType: U32 }] };
    const views = def.views.slice(0, 1).map((view) => ({ ...view, name: 'one_player', params }));
    expect(unsupportedFeatures({ ...def, views })).toEqual([
      'View `one_player` has parameters, which this host cannot pass to it.',
    ]);
  });

  it('unsupportedFeatures refuses row-level security in submodules at any depth', () => {
    const rules = {
      sections: [{ tag: 'RowLevelSecurity', value: [{ sql: 'SELECT * FROM x' }] }],
    } as RawModuleDefV10;
    const outer = new RawModuleBuilder().section({
      tag: 'Submodules',
      value: [{ namespace: 'inner', module: rules }],
    });
    const module = moduleTest().section({
      tag: 'Submodules',
      value: [{ namespace: 'outer', module: outer.build() }],
    });
    expect(unsupportedFeatures(resolveRawModuleDef(module.build()))).toEqual([
      'Submodule `inner` declares row-level security, which SpacetimeDB would ignore: declare it in the root module.',
    ]);
  });
});
