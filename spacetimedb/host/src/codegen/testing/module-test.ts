/**
 * The description of `modules/module-test` of the real server's repository, as far as generated code depends on it.
 * The real code generator's own test compares its output for this module with a snapshot.
 */
import { AlgebraicType } from 'spacetimedb';
import type { RawIndexDef } from '../../engine/schema/raw-module-def.ts';
import {
  btree,
  option,
  plainEnum,
  product,
  RawModuleBuilder,
  scheduleAt,
  special,
  sum,
  unit,
} from '../../engine/schema/testing/raw-module-builder.ts';

const { I64, String: Text, U32, U64, U8 } = AlgebraicType;

export function moduleTest(): RawModuleBuilder {
  const module = new RawModuleBuilder();
  const person = module.type('Person', product({ id: U32, name: Text, age: U8 }));
  const removed = module.type('RemoveTable', product({ id: U32 }));
  const testA = module.type('TestA', product({ x: U32, y: U32, z: Text }));
  const testB = module.type('TestB', product({ foo: Text }));
  const testC = module.type('Namespace.TestC', plainEnum('Foo', 'Bar'));
  const testD = module.type(
    'TestD',
    product({ test_c: option(testC), test_c_nested: option({ tag: 'Array', value: testC }) }),
  );
  const testE = module.type('TestE', product({ id: U64, name: Text }));
  const baz = module.type('Baz', product({ field: Text }));
  const foobar = module.type('Foobar', sum({ Baz: baz, Bar: unit, Har: U32 }));
  const testFoobar = module.type('TestFoobar', product({ field: foobar }));
  const testF = module.type('Namespace.TestF', sum({ Foo: unit, Bar: unit, Baz: Text }));
  const privateTable = module.type('PrivateTable', product({ name: Text }));
  const point = module.type('Point', product({ x: I64, y: I64 }));
  const pkMultiIdentity = module.type('PkMultiIdentity', product({ id: U32, other: U32 }));
  const timer = { scheduled_id: U64, scheduled_at: scheduleAt, prev_time: special.timestamp };
  const repeating = module.type('RepeatingTestArg', product(timer));
  const nonrepeating = module.type('NonrepeatingTestArg', product(timer));
  const specialStuff = module.type(
    'HasSpecialStuff',
    product({ identity: special.identity, connection_id: special.connectionId }),
  );
  const player = module.type('Player', product({ identity: special.identity, player_id: U64, name: Text }));

  const isPublic = true;
  module
    .tableOf(person, 'person', {
      isPublic,
      primaryKey: [0],
      unique: [[0]],
      indexes: [index('person', 'age', 2), index('person', 'id', 0)],
      sequences: [{ column: 0 }],
    })
    .tableOf(removed, 'table_to_remove')
    .tableOf(testA, 'test_a', { indexes: [index('test_a', 'foo', 0)] })
    .tableOf(testD, 'test_d', { isPublic })
    .tableOf(testE, 'test_e', {
      primaryKey: [0],
      unique: [[0]],
      indexes: [index('test_e', 'id', 0), index('test_e', 'name', 1)],
    })
    .tableOf(testFoobar, 'test_f', { isPublic })
    .tableOf(privateTable, 'private_table')
    .tableOf(point, 'points', { indexes: [index('points', 'multi_column_index', 0, 1)] })
    .tableOf(pkMultiIdentity, 'pk_multi_identity', {
      primaryKey: [0],
      unique: [[0], [1]],
      indexes: [index('pk_multi_identity', 'id', 0), index('pk_multi_identity', 'other', 1)],
    })
    .tableOf(specialStuff, 'has_special_stuff');
  for (const [name, row] of [
    ['repeating_test', repeating],
    ['nonrepeating_test', nonrepeating],
  ] as const) {
    module
      .tableOf(row, `${name}_arg`, {
        primaryKey: [0],
        unique: [[0]],
        indexes: [index(`${name}_arg`, 'scheduled_id', 0)],
      })
      .schedule(`${name}_arg`, 1, name)
      .reducer(name, { arg: row });
  }
  for (const name of ['player', 'logged_out_player']) {
    module.tableOf(player, name, {
      isPublic,
      primaryKey: [0],
      unique: [[0], [1], [2]],
      indexes: [index(name, 'identity', 0), index(name, 'player_id', 1), index(name, 'name', 2)],
      sequences: [{ column: 1 }],
    });
  }

  return module
    .view('my_player', option(player))
    .reducer('add', { name: Text, age: U8 })
    .reducer('add_player', { name: Text })
    .reducer('add_private', { name: Text })
    .reducer('assert_caller_identity_is_module_identity')
    .reducer('client_connected', {}, { lifecycle: 'OnConnect' })
    .reducer('delete_player', { id: U64 })
    .reducer('delete_players_by_name', { name: Text })
    .reducer('init', {}, { lifecycle: 'Init' })
    .reducer('list_over_age', { age: U8 })
    .reducer('log_module_identity')
    .reducer('query_private')
    .reducer('say_hello')
    .reducer('test', { arg: testA, arg2: testB, arg3: testC, arg4: testF })
    .reducer('test_btree_index_args')
    .procedure('get_my_schema_via_http', {}, Text)
    .procedure('return_value', { foo: U64 }, baz)
    .procedure('sleep_one_second', {}, unit)
    .procedure('with_tx', {}, unit);
}

function index(table: string, accessorName: string, ...columns: number[]): RawIndexDef {
  return { sourceName: `${table}_${accessorName}_idx`, accessorName, algorithm: btree(...columns) };
}
