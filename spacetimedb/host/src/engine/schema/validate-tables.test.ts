import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { bananas, index, problems } from './testing/module-problems.ts';
import { btree, direct, product, RawModuleBuilder, scheduleAt, sum } from './testing/raw-module-builder.ts';

const { I32, String: Text, U16, U32, U64 } = AlgebraicType;

describe('tables', () => {
  it.each<[string, RawModuleBuilder, string]>([
    [
      'a row type that does not exist',
      new RawModuleBuilder().tableOf({ value: 1337 }, 'Bananas'),
      'Table `Bananas` has type 1337 as its row type, which is not a product type.',
    ],
    ['an empty name', new RawModuleBuilder().table('', { a: U16 }), 'The table name `` is empty.'],
    [
      'a name with a space',
      new RawModuleBuilder().table('a b', { a: U16 }),
      'The table name `a b` may hold only letters, digits and underscores.',
    ],
    [
      'a name of digits',
      new RawModuleBuilder().table('1st', { a: U16 }),
      'The table name `1st` must start with a letter or an underscore.',
    ],
    [
      'a name that is not normalized',
      new RawModuleBuilder().table('cafe\u0301', { a: U16 }),
      'The table name `cafe\u0301` is not in Unicode normalization form C.',
    ],
    [
      'a name of the system',
      new RawModuleBuilder().table('st_table', { a: U16 }),
      'The table name `st_table` starts with `st_`, which is reserved for system tables.',
    ],
    [
      'a bad column name',
      new RawModuleBuilder().table('x', { 'a-b': U16 }),
      'The column name `a-b` of table `x` may hold only letters, digits and underscores.',
    ],
    [
      'two tables of one canonical name',
      new RawModuleBuilder().table('chatUser', { a: U16 }).table('chat_user', { a: U16 }),
      'The name `chat_user` is used for more than one thing.',
    ],
    [
      'an index column that does not exist',
      bananas({ indexes: index(btree(0, 55)) }),
      'Index `raw_index` of table `Bananas` refers to column 55, which does not exist.',
    ],
    [
      'an index without a name',
      bananas({ indexes: [{ sourceName: undefined, accessorName: 'a', algorithm: btree(0) }] }),
      'Table `Bananas` has an index without a name.',
    ],
    [
      'an index that names a column twice',
      bananas({ indexes: index(btree(0, 0)) }),
      'Index `bananas_b_b_idx_btree` of table `Bananas` names a column twice.',
    ],
    [
      'a direct index on a signed integer',
      new RawModuleBuilder().table('Bananas', { b: I32 }, { indexes: index(direct(0)) }),
      'Index `bananas_b_idx_direct` of table `Bananas` is direct, but column `b` of table `Bananas` is neither an unsigned integer of at most 64 bits nor a plain enum.',
    ],
    [
      'a unique column that does not exist',
      bananas({ unique: [[55]] }),
      'A unique constraint of table `Bananas` refers to column 55, which does not exist.',
    ],
    [
      'a unique constraint that names a column twice',
      bananas({ unique: [[1, 1]], indexes: index(btree(1)) }),
      'Unique constraint `bananas_a_a_key` of table `Bananas` names a column twice.',
    ],
    [
      'a unique constraint without an index',
      bananas({ unique: [[1]] }),
      'Unique constraint `bananas_a_key` of table `Bananas` has no index on the same columns.',
    ],
    [
      'a primary key that does not exist',
      bananas({ primaryKey: [44] }),
      'The primary key of table `Bananas` refers to column 44, which does not exist.',
    ],
    [
      'a primary key that is not unique',
      bananas({ primaryKey: [0] }),
      'Column `b` of table `Bananas` is the primary key but has no unique constraint.',
    ],
    [
      'a primary key of two columns',
      bananas({ primaryKey: [0, 1] }),
      'The table `Bananas` has a primary key of more than one column.',
    ],
    [
      'a sequence column that does not exist',
      bananas({ sequences: [{ column: 55 }] }),
      'A sequence of table `Bananas` refers to column 55, which does not exist.',
    ],
    [
      'a sequence on a string',
      new RawModuleBuilder().table('Bananas', { a: Text }, { sequences: [{ column: 0 }] }),
      'Sequence `bananas_a_seq` of table `Bananas` is on column `a` of table `Bananas`, which is not an integer.',
    ],
    [
      'two sequences on a column',
      bananas({ sequences: [{ column: 1 }, { column: 1, sourceName: 'other' }] }),
      'Column `a` of table `Bananas` has more than one sequence.',
    ],
    [
      'a sequence that starts outside its range',
      bananas({ sequences: [{ column: 1, minValue: 5n, start: 1n }] }),
      'Sequence `bananas_a_seq` of table `Bananas` does not have its start between its minimum and its maximum.',
    ],
    [
      'a sequence whose range is empty',
      bananas({ sequences: [{ column: 1, minValue: 5n, maxValue: 1n }] }),
      'Sequence `bananas_a_seq` of table `Bananas` does not have its start between its minimum and its maximum.',
    ],
    [
      'a default value that is too short',
      bananas({ defaultValues: [{ colId: 1, value: new Uint8Array(7) }] }),
      'The default value of column `a` of table `Bananas` does not decode: data too short for u64: Expected 8, given 7.',
    ],
    [
      'a default value for no column',
      bananas({ defaultValues: [{ colId: 9, value: new Uint8Array(8) }] }),
      'A default value of table `Bananas` refers to column 9, which does not exist.',
    ],
  ])('validation refuses %s', (_, module, sentence) => {
    expect(problems(module)).toContain(sentence);
  });

  it('validation refuses default values that are not a valid bool, variant or text', () => {
    const module = new RawModuleBuilder().table(
      't',
      { flag: AlgebraicType.Bool, choice: sum({ some: U16, none: product({}) }), text: Text },
      {
        defaultValues: [
          { colId: 0, value: new Uint8Array([2]) },
          { colId: 1, value: new Uint8Array([2]) },
          { colId: 2, value: new Uint8Array([1, 0, 0, 0, 0xff]) },
        ],
      },
    );
    expect(problems(module)).toHaveLength(3);
  });
});

describe('schedules', () => {
  const timer = (fields: Record<string, AlgebraicType>, key = 0): [RawModuleBuilder, AlgebraicType] => {
    const module = new RawModuleBuilder();
    const row = module.type('Timer', product(fields));
    module.tableOf(row, 'timer', {
      primaryKey: [key],
      unique: [[key]],
      indexes: [{ sourceName: 'i', accessorName: 'id', algorithm: btree(key) }],
    });
    return [module, row];
  };

  it('validation refuses a schedule without a function or a table', () => {
    const [module] = timer({ id: U64, at: scheduleAt });
    module.schedule('timer', 1, 'missing').schedule('nowhere', 1, 'missing');
    expect(problems(module)).toEqual([
      'The schedule of table `timer` calls `missing`, which is neither a reducer nor a procedure.',
      'The schedule of table `nowhere` has no such table.',
      'The schedule of table `nowhere` calls `missing`, which is neither a reducer nor a procedure.',
    ]);
  });

  it('validation refuses a schedule whose function has other parameters than the row', () => {
    const [module, row] = timer({ id: U64, at: scheduleAt });
    module.reducer('tick', { row, more: U16 }).schedule('timer', 1, 'tick');
    expect(problems(module)).toEqual([
      'The scheduled reducer `tick` must take a row of table `timer` and nothing else.',
    ]);
  });

  it.each([
    ['a key of another type', { id: U32, at: scheduleAt }],
    ['a time of another type', { id: U64, at: U64 }],
  ])('validation refuses a scheduled table with %s', (_, fields) => {
    const [module, row] = timer(fields);
    module.reducer('tick', { row }).schedule('timer', 1, 'tick');
    expect(problems(module)).toEqual([
      'The scheduled table `timer` needs a primary key of type u64 and a column of type ScheduleAt.',
    ]);
  });

  it('validation refuses two schedules of one table', () => {
    const [module, row] = timer({ id: U64, at: scheduleAt });
    module.reducer('tick', { row }).schedule('timer', 1, 'tick').schedule('timer', 1, 'tick');
    expect(problems(module)).toEqual(['Table `timer` has more than one schedule.']);
  });
});
