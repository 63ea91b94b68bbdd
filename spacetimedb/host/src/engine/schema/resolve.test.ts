import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { describeModule } from '../../codegen/testing/describe-module.ts';
import type { ModuleDef, TableDef } from './module-def.ts';
import { encodeRawModuleDef } from './raw-module-def.ts';
import { resolveModuleDef, resolveRawModuleDef } from './resolve.ts';
import {
  btree,
  direct,
  option,
  plainEnum,
  product,
  RawModuleBuilder,
  scheduleAt,
} from './testing/raw-module-builder.ts';

const { String: Text, U16, U32, U64, U8 } = AlgebraicType;

const table = (def: ModuleDef, name: string): TableDef => {
  const found = def.tables.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no table ${name} among ${def.tables.map((other) => other.name).join(', ')}`);
  return found;
};

/** The module of `make_case_conversion_builder` in the real server's tests (`validate/v10.rs`). */
function fruitModule(): RawModuleBuilder {
  const module = new RawModuleBuilder();
  const color = module.type('FruitColor', plainEnum('RedApple', 'GreenApple', 'YellowApple'));
  module.type('myLib.utils.metaInfo', product({ kind: U8 }));
  module.table(
    'FruitBasket',
    { BasketId: U64, fruitName: Text, ItemCount: U32, color_label: color },
    {
      indexes: [
        { sourceName: 'RawBasketLookup', accessorName: 'fruitNameIndex', algorithm: btree(0, 1) },
        { sourceName: 'RawCountDirect', accessorName: 'ItemCount', algorithm: direct(2) },
      ],
      unique: [[2]],
      sequences: [{ column: 0 }],
    },
  );
  const record = module.type(
    'deliveryRecord',
    product({ recordId: U64, ScheduledAt: scheduleAt, SeqId: U64 }),
  );
  return module
    .tableOf(record, 'deliveryRecord', {
      tableType: 'System',
      primaryKey: [2],
      unique: [[2]],
      sequences: [{ column: 2 }],
      indexes: [{ sourceName: 'SeqIdIndex', accessorName: 'SeqId', algorithm: btree(2) }],
    })
    .reducer('doDelivery', { a: record })
    .reducer('ProcessItem', { bCount: U32 })
    .schedule('deliveryRecord', 1, 'doDelivery');
}

describe('canonical names', () => {
  it('the default policy converts names', () => {
    const def = resolveRawModuleDef(fruitModule().build());
    const basket = table(def, 'fruit_basket');
    expect(basket.sourceName).toBe('FruitBasket');
    expect(basket.columns.map(({ name, sourceName }) => [sourceName, name])).toEqual([
      ['BasketId', 'basket_id'],
      ['fruitName', 'fruit_name'],
      ['ItemCount', 'item_count'],
      ['color_label', 'color_label'],
    ]);
    expect(basket.rowType.elements.map(({ name }) => name)).toEqual(basket.columns.map(({ name }) => name));
    expect(basket.indexes).toEqual([
      {
        name: 'fruit_basket_basket_id_fruit_name_idx_btree',
        sourceName: 'RawBasketLookup',
        accessorName: 'fruitNameIndex',
        algorithm: 'btree',
        columns: [0, 1],
      },
      {
        name: 'fruit_basket_item_count_idx_direct',
        sourceName: 'RawCountDirect',
        accessorName: 'ItemCount',
        algorithm: 'direct',
        columns: [2],
      },
    ]);
    expect(basket.uniqueConstraints).toEqual([{ name: 'fruit_basket_item_count_key', columns: [2] }]);
    expect(basket.sequences).toEqual([
      {
        name: 'fruit_basket_basket_id_seq',
        column: 0,
        start: 1n,
        min: 1n,
        max: 170141183460469231731687303715884105727n,
        increment: 1n,
      },
    ]);
    expect(table(def, 'delivery_record').schedule).toEqual({
      name: 'delivery_record_sched',
      atColumn: 1,
      functionName: 'doDelivery',
      functionKind: 'reducer',
    });
    expect(def.reducers.map(({ name }) => name)).toEqual(['do_delivery', 'process_item']);
    expect(def.reducers[1]?.params.elements).toEqual([{ name: 'b_count', algebraicType: U32 }]);
    expect(def.types.map(({ scope, name }) => [...scope, name].join('.'))).toEqual([
      'FruitColor',
      'MyLib.Utils.MetaInfo',
      'FruitBasket',
      'DeliveryRecord',
    ]);
    expect(def.typespace.types[0]).toEqual(plainEnum('redApple', 'greenApple', 'yellowApple'));
    expect(def.sourceTypespace.types[0]).toEqual(plainEnum('RedApple', 'GreenApple', 'YellowApple'));
  });

  it('explicit names take precedence, and derived names follow them', () => {
    const module = fruitModule()
      .explicitName('Table', 'FruitBasket', 'FB')
      .explicitName('Function', 'doDelivery', 'Deliver')
      .explicitName('Index', 'RawBasketLookup', 'fb_lookuP');
    const def = resolveRawModuleDef(module.build());
    const basket = table(def, 'FB');
    expect(basket.columns[0]?.name).toBe('basket_id');
    expect(basket.indexes.map(({ name }) => name)).toEqual(['fb_lookuP', 'FB_item_count_idx_direct']);
    expect(basket.uniqueConstraints[0]?.name).toBe('FB_item_count_key');
    expect(basket.sequences[0]?.name).toBe('FB_basket_id_seq');
    expect(table(def, 'delivery_record').indexes[0]?.name).toBe('delivery_record_seq_id_idx_btree');
    expect(def.reducers.map(({ name, visibility }) => [name, visibility])).toEqual([
      ['Deliver', 'private'],
      ['process_item', 'client'],
    ]);
  });

  it('the policy None keeps names unchanged', () => {
    const module = fruitModule().section({ tag: 'CaseConversionPolicy', value: { tag: 'None' } });
    const def = resolveRawModuleDef(module.build());
    expect(table(def, 'FruitBasket').columns.map(({ name }) => name)).toEqual([
      'BasketId',
      'fruitName',
      'ItemCount',
      'color_label',
    ]);
    expect(def.typespace).toEqual(def.sourceTypespace);
    expect(def.types[1]).toEqual({ name: 'metaInfo', scope: ['myLib', 'utils'], typeRef: 1 });
  });

  it('conversion skips special types, but reaches into arrays and nested types', () => {
    const module = new RawModuleBuilder();
    const inner = module.type('Inner', product({ someField: U8 }));
    module.type(
      'Outer',
      product({ listOfAll: { tag: 'Array', value: inner }, dueAt: scheduleAt, maybe: option(inner) }),
    );
    expect(resolveRawModuleDef(module.build()).typespace.types).toEqual([
      product({ some_field: U8 }),
      product({ list_of_all: { tag: 'Array', value: inner }, due_at: scheduleAt, maybe: option(inner) }),
    ]);
  });
});

describe('functions', () => {
  it('functions have ids in their order, and lifecycle reducers are private', () => {
    const def = resolveRawModuleDef(
      new RawModuleBuilder()
        .reducer('alpha')
        .reducer('init', {}, { lifecycle: 'Init' })
        .reducer('on_connect', {}, { lifecycle: 'OnConnect' })
        .reducer('zebra', {}, { isPrivate: true })
        .procedure('first', { in_put: U8 }, Text)
        .procedure('second', {}, U16, { isPrivate: true })
        .build(),
    );
    expect(
      def.reducers.map(({ id, name, lifecycle, visibility }) => [id, name, lifecycle, visibility]),
    ).toEqual([
      [0, 'alpha', undefined, 'client'],
      [1, 'init', 'init', 'private'],
      [2, 'on_connect', 'on_connect', 'private'],
      [3, 'zebra', undefined, 'private'],
    ]);
    expect(
      def.procedures.map(({ id, name, returnType, visibility }) => [id, name, returnType, visibility]),
    ).toEqual([
      [0, 'first', Text, 'client'],
      [1, 'second', U16, 'private'],
    ]);
  });

  it('functions called by a schedule are private, including procedures', () => {
    const module = new RawModuleBuilder();
    const row = module.type('Timer', product({ id: U64, at: scheduleAt }));
    module
      .tableOf(row, 'timer', {
        primaryKey: [0],
        unique: [[0]],
        indexes: [{ sourceName: 'i', accessorName: 'id', algorithm: btree(0) }],
      })
      .procedure('tick', { arg: row }, product({}))
      .schedule('timer', 1, 'tick');
    const def = resolveRawModuleDef(module.build());
    expect(def.procedures[0]?.visibility).toBe('private');
    expect(def.tables[0]?.schedule?.functionKind).toBe('procedure');
  });
});

describe('views', () => {
  const person = product({ PersonId: U64, fullName: Text });

  it('views are numbered by kind and have columns', () => {
    const module = new RawModuleBuilder();
    const row = module.type('Person', person);
    module
      .view('everyone', { tag: 'Array', value: row }, true)
      .view('me', option(row))
      .view('theOthers', { tag: 'Array', value: row })
      .explicitName('Function', 'me', 'Myself');
    const { views } = resolveRawModuleDef(module.build());
    expect(views.map(({ id, name, isAnonymous }) => [id, name, isAnonymous])).toEqual([
      [0, 'everyone', true],
      [0, 'Myself', false],
      [1, 'the_others', false],
    ]);
    expect(views[0]?.columns.map(({ name }) => name)).toEqual(['person_id', 'full_name']);
  });

  it('a view has the primary key that is declared by source name', () => {
    const module = new RawModuleBuilder();
    const row = module.type('Person', person);
    module
      .view('me', option(row))
      .section({ tag: 'ViewPrimaryKeys', value: [{ viewSourceName: 'me', columns: ['PersonId'] }] });
    expect(resolveRawModuleDef(module.build()).views[0]?.primaryKey).toBe(0);
  });

  it('a view that returns a query has the primary key of its table, unless tables disagree', () => {
    const make = (secondKey: number): number | undefined => {
      const module = new RawModuleBuilder();
      const row = module.type('Person', person);
      for (const [name, key] of [
        ['person', 0],
        ['old_person', secondKey],
      ] as const) {
        const indexes = [{ sourceName: `${name}_i`, accessorName: 'k', algorithm: btree(key) }];
        module.tableOf(row, name, { primaryKey: [key], unique: [[key]], indexes });
      }
      module.view('all', product({ __query__: row }));
      return resolveRawModuleDef(module.build()).views[0]?.primaryKey;
    };
    expect(make(0)).toBe(0);
    expect(make(1)).toBeUndefined();
  });
});

it('submodules are resolved separately, with names without a prefix', () => {
  const inner = new RawModuleBuilder().table('Sessions', { id: U64 }).build();
  const module = new RawModuleBuilder().section({
    tag: 'Submodules',
    value: [{ namespace: 'authlib', module: inner }],
  });
  const { submodules } = resolveModuleDef(encodeRawModuleDef(module.build()));
  expect(submodules.map(({ namespace, def }) => [namespace, def.tables[0]?.name])).toEqual([
    ['authlib', 'sessions'],
  ]);
});

it('a module described by the SDK is resolved', async () => {
  const def = resolveModuleDef(
    await describeModule(`
      import { schema, t, table } from 'spacetimedb/server';
      const player1 = table({ public: true, indexes: [
        { accessor: 'byTeam', name: 'TeamIdx', algorithm: 'hash', columns: ['teamId', 'name'] },
      ] }, {
        userId: t.identity().primaryKey(), teamId: t.u32(), name: t.string(),
        score: t.i64().default(-5n), seat: t.u8().unique().autoInc(),
      });
      const spacetimedb = schema({ player1 });
      export default spacetimedb;
      export const zap = spacetimedb.reducer({ targetId: t.u32() }, () => {});
      export const apply = spacetimedb.reducer({ name: 'apply_it' }, {}, () => {});
      export const onConnect = spacetimedb.clientConnected(() => {});
    `),
  );
  const player = table(def, 'player_1');
  expect(player.sourceName).toBe('player1');
  expect(player.isPublic).toBe(true);
  expect(player.primaryKey).toBe(0);
  expect(player.columns.map(({ name }) => name)).toEqual(['user_id', 'team_id', 'name', 'score', 'seat']);
  expect(player.indexes.map(({ name, algorithm }) => [name, algorithm])).toEqual([
    ['player_1_user_id_idx_btree', 'btree'],
    ['player_1_seat_idx_btree', 'btree'],
    ['TeamIdx', 'hash'],
  ]);
  expect(player.sequences.map(({ name }) => name)).toEqual(['player_1_seat_seq']);
  expect(player.defaultValues).toEqual(new Map([[3, new Uint8Array([0xfb, ...Array(7).fill(0xff)])]]));
  // Ids follow the alphabetical order of the exports.
  expect(def.reducers.map(({ id, name }) => [id, name])).toEqual([
    [0, 'apply_it'],
    [1, 'on_connect'],
    [2, 'zap'],
  ]);
  expect(def.reducers[2]?.params.elements[0]?.name).toBe('target_id');
});
