import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { canonicalV10 } from './canonical-raw-def.ts';
import { encodeRawModuleDef } from './raw-module-def.ts';
import { resolveRawModuleDef } from './resolve.ts';
import { schemaJson } from './schema-json.ts';
import { moduleTest } from '../../codegen/testing/module-test.ts';
import { btree, option, product, RawModuleBuilder } from './testing/raw-module-builder.ts';

const { String: Text, U32, U64 } = AlgebraicType;

function chat(): RawModuleBuilder {
  const module = new RawModuleBuilder();
  return module
    .table(
      'chatUser',
      { userId: U64, name: option(Text) },
      {
        isPublic: true,
        primaryKey: [0],
        unique: [[0]],
        indexes: [{ sourceName: 'chatUser_userId_idx_btree', accessorName: 'userId', algorithm: btree(0) }],
        sequences: [{ column: 0, maxValue: 2n ** 64n - 1n }],
        defaultValues: [{ colId: 1, value: new Uint8Array([0, 2, 0, 0, 0, 104, 105]) }],
      },
    )
    .reducer('setName', { newName: Text })
    .reducer('onConnect', {}, { lifecycle: 'OnConnect' });
}

const thingIndex = { sourceName: 'thing_index', accessorName: 'itsId', algorithm: btree(0) };

const json = (module: RawModuleBuilder, version: 9 | 10): string =>
  schemaJson(encodeRawModuleDef(module.build()), version);

describe('version 10', () => {
  const sections = (module: RawModuleBuilder): Record<string, unknown> =>
    Object.assign({}, ...(JSON.parse(json(module, 10)) as { sections: object[] }).sections) as Record<
      string,
      unknown
    >;

  it('version 10 has canonical names in types, and source names next to canonical ones elsewhere', () => {
    expect(sections(chat())).toEqual({
      Typespace: {
        types: [
          {
            Product: {
              elements: [
                { name: { some: 'user_id' }, algebraic_type: { U64: [] } },
                {
                  name: { some: 'name' },
                  algebraic_type: {
                    Sum: {
                      variants: [
                        { name: { some: 'some' }, algebraic_type: { String: [] } },
                        { name: { some: 'none' }, algebraic_type: { Product: { elements: [] } } },
                      ],
                    },
                  },
                },
              ],
            },
          },
        ],
      },
      Types: [{ source_name: { scope: [], source_name: 'ChatUser' }, ty: 0, custom_ordering: true }],
      Tables: [
        {
          source_name: 'chatUser',
          product_type_ref: 0,
          primary_key: [0],
          indexes: [
            {
              source_name: { some: 'chatUser_userId_idx_btree' },
              accessor_name: { some: 'userId' },
              algorithm: { BTree: [0] },
            },
          ],
          constraints: [
            { source_name: { some: 'chat_user_user_id_key' }, data: { Unique: { columns: [0] } } },
          ],
          sequences: [
            {
              source_name: { some: 'chat_user_user_id_seq' },
              column: 0,
              start: { none: [] },
              min_value: { none: [] },
              max_value: { some: Number(2n ** 64n - 1n) },
              increment: 1,
            },
          ],
          table_type: { User: [] },
          table_access: { Public: [] },
          default_values: [{ col_id: 1, value: '00020000006869' }],
          is_event: false,
        },
      ],
      Reducers: [
        {
          source_name: 'setName',
          params: { elements: [{ name: { some: 'newName' }, algebraic_type: { String: [] } }] },
          visibility: { ClientCallable: [] },
          ok_return_type: { Product: { elements: [] } },
          err_return_type: { String: [] },
        },
        {
          source_name: 'onConnect',
          params: { elements: [] },
          visibility: { Private: [] },
          ok_return_type: { Product: { elements: [] } },
          err_return_type: { String: [] },
        },
      ],
      LifeCycleReducers: [{ lifecycle_spec: { OnConnect: [] }, function_name: 'on_connect' }],
      ExplicitNames: {
        entries: [
          { Table: { source_name: 'chatUser', canonical_name: 'chat_user' } },
          { Function: { source_name: 'setName', canonical_name: 'set_name' } },
          { Function: { source_name: 'onConnect', canonical_name: 'on_connect' } },
        ],
      },
    });
  });

  it('version 10 keeps every digit of wide numbers', () => {
    expect(json(chat(), 10)).toContain('"max_value":{"some":18446744073709551615}');
  });

  it('version 10 describes the same module when it is read again', () => {
    const lib = new RawModuleBuilder().table(
      'libThing',
      { itsId: U64 },
      { unique: [[0]], indexes: [thingIndex] },
    );
    const raw = moduleTest()
      .section({ tag: 'RowLevelSecurity', value: [{ sql: 'SELECT * FROM person' }] })
      .section({ tag: 'Submodules', value: [{ namespace: 'lib', module: lib.build() }] })
      .build();
    const def = resolveRawModuleDef(raw);
    const again = resolveRawModuleDef(canonicalV10(raw, def));
    expect(again).toEqual({
      ...def,
      sourceTypespace: def.typespace,
      submodules: expect.anything() as unknown,
    });
    expect(again.submodules[0]?.def.tables[0]).toMatchObject({
      name: 'lib_thing',
      sourceName: 'libThing',
      columns: [{ name: 'its_id', sourceName: 'its_id' }],
    });
  });
});

describe('version 9', () => {
  it('version 9 has only canonical names, schedules in their tables and the rest among the other exports', () => {
    const module = chat().procedure('doIt', { howOften: U32 }, Text);
    const row = module.type('Extra', product({ id: U64 }));
    module.view('myExtra', option(row));
    const v9 = JSON.parse(json(module, 9)) as Record<string, unknown[]>;
    expect(Object.keys(v9)).toEqual([
      'typespace',
      'tables',
      'reducers',
      'types',
      'misc_exports',
      'row_level_security',
    ]);
    expect(v9['tables']?.[0]).toEqual({
      name: 'chat_user',
      product_type_ref: 0,
      primary_key: [0],
      indexes: [
        {
          name: { some: 'chat_user_user_id_idx_btree' },
          accessor_name: { some: 'userId' },
          algorithm: { BTree: [0] },
        },
      ],
      constraints: [{ name: { some: 'chat_user_user_id_key' }, data: { Unique: { columns: [0] } } }],
      sequences: [
        {
          name: { some: 'chat_user_user_id_seq' },
          column: 0,
          start: { none: [] },
          min_value: { none: [] },
          max_value: { some: Number(2n ** 64n - 1n) },
          increment: 1,
        },
      ],
      schedule: { none: [] },
      table_type: { User: [] },
      table_access: { Public: [] },
    });
    expect(v9['reducers']).toEqual([
      {
        name: 'set_name',
        params: { elements: [{ name: { some: 'newName' }, algebraic_type: { String: [] } }] },
        lifecycle: { none: [] },
      },
      { name: 'on_connect', params: { elements: [] }, lifecycle: { some: { OnConnect: [] } } },
    ]);
    expect(v9['types']?.[0]).toEqual({ name: { scope: [], name: 'ChatUser' }, ty: 0, custom_ordering: true });
    expect(v9['misc_exports']).toEqual([
      { ColumnDefaultValue: { table: 'chat_user', col_id: 1, value: '00020000006869' } },
      {
        Procedure: {
          name: 'do_it',
          params: { elements: [{ name: { some: 'howOften' }, algebraic_type: { U32: [] } }] },
          return_type: { String: [] },
        },
      },
      {
        View: {
          name: 'my_extra',
          index: 0,
          is_public: true,
          is_anonymous: false,
          params: { elements: [] },
          return_type: {
            Sum: {
              variants: [
                { name: { some: 'some' }, algebraic_type: { Ref: 1 } },
                { name: { some: 'none' }, algebraic_type: { Product: { elements: [] } } },
              ],
            },
          },
        },
      },
    ]);
  });

  it('version 9 has the schedule in its table, and tables sorted by name', () => {
    const v9 = JSON.parse(json(moduleTest(), 9)) as { tables: { name: string; schedule: unknown }[] };
    const names = v9.tables.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(v9.tables.find(({ name }) => name === 'repeating_test_arg')?.schedule).toEqual({
      some: {
        name: { some: 'repeating_test_arg_sched' },
        reducer_name: 'repeating_test',
        scheduled_at_column: 1,
      },
    });
  });
});
