import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { planMigration, type MigrationPlan } from './migrate.ts';
import { ansi, plain, planText } from './migration-text.ts';
import type { RawIndexDef } from './raw-module-def.ts';
import { resolveRawModuleDef } from './resolve.ts';
import {
  btree,
  hash,
  option,
  product,
  RawModuleBuilder,
  scheduleAt,
  sum,
  unit,
  type Fields,
  type TableOptions,
} from './testing/raw-module-builder.ts';

const { Bool, I32, String: Text, U16, U32, U64 } = AlgebraicType;

function planOf(before: RawModuleBuilder, after: RawModuleBuilder): MigrationPlan {
  const [old, current] = [before, after].map((module) => resolveRawModuleDef(module.build()));
  if (!old || !current) throw new Error('no module');
  return planMigration(old, current);
}

/** The plan, with the text of each step. */
function plan(before: RawModuleBuilder, after: RawModuleBuilder) {
  const result = planOf(before, after);
  return result.tag === 'auto' ? { ...result, steps: result.steps.map(({ text }) => text) } : result;
}

/** The plan as the publisher sees it, without the heading and colours. */
function shown(before: RawModuleBuilder, after: RawModuleBuilder): string[] {
  const result = planOf(before, after);
  if (result.tag === 'manual') return [];
  return planText(result.steps, plain).split('\n').slice(4);
}

const apples = (fields: Fields, options?: TableOptions): RawModuleBuilder =>
  new RawModuleBuilder().table('apples', fields, options);

const index = (accessorName: string, ...columns: number[]): RawIndexDef => ({
  sourceName: `apples_${accessorName}`,
  accessorName,
  algorithm: btree(...columns),
});

const none = { tag: 'auto', steps: [], breaksClients: false, sequenceChecks: [] };

/** A table with one column, whose type uses named types. */
function withColumn(make: (module: RawModuleBuilder) => AlgebraicType): RawModuleBuilder {
  const module = new RawModuleBuilder();
  return module.table('apples', { id: U64, column: make(module) });
}

describe('automatic migrations', () => {
  it('nothing changes if the schema is the same', () => {
    const make = (): RawModuleBuilder => apples({ id: U64 }).reducer('a');
    expect(plan(make(), make())).toEqual(none);
  });

  it('types may move within the typespace', () => {
    const after = new RawModuleBuilder();
    after.type('Unused', product({ a: U16 }));
    const color = after.type('Color', sum({ red: unit, rgb: U32 }));
    expect(
      plan(
        withColumn((module) => module.type('Color', sum({ red: unit, rgb: U32 }))),
        after.table('apples', { id: U64, column: color }),
      ),
    ).toEqual(none);
  });

  it('reducers may be added, removed and changed', () => {
    expect(plan(apples({ id: U64 }).reducer('a', { x: U16 }), apples({ id: U64 }).reducer('b'))).toEqual(
      none,
    );
  });

  it('a table is added in one step, including its parts', () => {
    const after = apples({ id: U64 }).table(
      'oranges',
      { id: U32 },
      {
        primaryKey: [0],
        unique: [[0]],
        indexes: [{ sourceName: 'o', accessorName: 'id', algorithm: btree(0) }],
        sequences: [{ column: 0 }],
      },
    );
    expect(plan(apples({ id: U64 }), after)).toEqual({ ...none, steps: ['Creating table `oranges`'] });
  });

  it('indexes, constraints and sequences may change, and removals come first', () => {
    const before = apples(
      { id: U64, name: Text, count: U16 },
      { unique: [[0]], indexes: [index('id', 0), index('id_name', 0, 1)], sequences: [{ column: 0 }] },
    );
    const after = apples(
      { id: U64, name: Text, count: U16 },
      { unique: [[1]], indexes: [index('id', 0), index('name', 1)], sequences: [{ column: 2 }] },
    );
    expect(plan(before, after)).toMatchObject({
      tag: 'auto',
      breaksClients: false,
      steps: [
        'Dropping index `apples_id_name_idx_btree` on table `apples`',
        'Dropping constraint `apples_id_key` on table `apples`',
        'Dropping sequence `apples_id_seq` from table `apples`',
        'Creating index `apples_name_idx_btree` on table `apples`',
        'Adding constraint `apples_name_key` on table `apples`',
        'Adding sequence `apples_count_seq` to table `apples`',
      ],
      sequenceChecks: [{ table: 'apples', sequence: { name: 'apples_count_seq', column: 2 } }],
    });
  });

  it('an explicitly named index may change its algorithm', () => {
    const make = (algorithm: RawIndexDef['algorithm']): RawModuleBuilder =>
      apples({ id: U64 }, { indexes: [{ sourceName: 'raw', accessorName: 'id', algorithm }] }).explicitName(
        'Index',
        'raw',
        'by_id',
      );
    expect(plan(make(btree(0)), make(hash(0)))).toMatchObject({
      steps: ['Dropping index `by_id` on table `apples`', 'Creating index `by_id` on table `apples`'],
    });
  });

  it('a changed sequence is checked like a new one', () => {
    const make = (increment: bigint): RawModuleBuilder =>
      apples({ id: U64 }, { sequences: [{ column: 0, increment }] });
    expect(plan(make(1n), make(2n))).toMatchObject({
      steps: [
        'Dropping sequence `apples_id_seq` from table `apples`',
        'Adding sequence `apples_id_seq` to table `apples`',
      ],
      sequenceChecks: [{ table: 'apples', sequence: { increment: 2n } }],
    });
  });

  it('access and primary key may change', () => {
    const options = { unique: [[0], [1]], indexes: [index('id', 0), index('code', 1)] };
    const before = apples({ id: U64, code: U64 }, { ...options, isPublic: true, primaryKey: [0] });
    const after = apples({ id: U64, code: U64 }, { ...options, primaryKey: [1] });
    expect(plan(before, after)).toMatchObject({
      steps: ['Changing access of table `apples` to private', 'Changing primary key for table `apples`'],
    });
  });

  it('source names may change if canonical names stay', () => {
    const make = (table: string, column: string): RawModuleBuilder =>
      new RawModuleBuilder().table(
        table,
        { [column]: U64 },
        { indexes: [{ sourceName: `${table}_i`, accessorName: 'i', algorithm: btree(0) }] },
      );
    expect(plan(make('red_apples', 'tree_id'), make('redApples', 'treeId'))).toMatchObject({
      breaksClients: false,
      steps: [
        'Changing index source name for `red_apples_tree_id_idx_btree` on table `red_apples` from `red_apples_i` to `redApples_i`',
        'Changing table accessor name for `red_apples` to `redApples`',
        'Changing column accessor name for `red_apples`.`tree_id` to `treeId`',
      ],
    });
  });

  it('a sum at any depth may get variants that take no more space', () => {
    const grown = { steps: ['Changing columns of table `apples`'], breaksClients: false };
    const small = sum({ v1: U64 });
    const large = sum({ v1: U64, v2: Bool });
    const nest =
      (type: AlgebraicType) =>
      (module: RawModuleBuilder): AlgebraicType => {
        const inner = module.type('Inner', type);
        return option({ tag: 'Array', value: module.type('Outer', product({ inner })) });
      };
    expect(
      plan(
        withColumn((module) => module.type('S', small)),
        withColumn((module) => module.type('S', large)),
      ),
    ).toMatchObject(grown);
    expect(plan(withColumn(nest(small)), withColumn(nest(large)))).toMatchObject(grown);
  });
});

describe('automatic migrations that disconnect clients', () => {
  it('adding columns with default values at the end disconnects clients', () => {
    const after = apples(
      { id: U64, fresh: U32 },
      { defaultValues: [{ colId: 1, value: new Uint8Array([5, 0, 0, 0]) }] },
    );
    expect(plan(apples({ id: U64 }), after)).toMatchObject({
      tag: 'auto',
      breaksClients: true,
      steps: ['Adding columns to table `apples`', 'Disconnecting all users'],
    });
  });

  it('removing an empty table disconnects clients', () => {
    expect(plan(apples({ id: U64 }), new RawModuleBuilder())).toMatchObject({
      breaksClients: true,
      steps: ['Dropping table `apples`', 'Disconnecting all users'],
    });
  });

  it('any change of an event table disconnects clients', () => {
    const isEvent = true;
    const before = apples({ id: U64, gone: Text }, { isEvent });
    const after = apples({ added: U16, id: I32 }, { isEvent });
    expect(plan(before, after)).toMatchObject({
      breaksClients: true,
      steps: ['Changing schema of event table `apples`', 'Disconnecting all users'],
    });
    expect(plan(before, apples({ id: U64, gone: Text }, { isEvent }))).toEqual(none);
  });

  it('changing row-level security disconnects clients', () => {
    const withRule = (sql: string): RawModuleBuilder =>
      apples({ id: U64 }).section({ tag: 'RowLevelSecurity', value: [{ sql }] });
    expect(plan(withRule('SELECT 1'), withRule('SELECT 1'))).toMatchObject({ breaksClients: false });
    expect(plan(withRule('SELECT 1'), withRule('SELECT 2'))).toMatchObject({
      breaksClients: true,
      steps: [
        'Removing row-level security `SELECT 1`',
        'Adding row-level security `SELECT 2`',
        'Disconnecting all users',
      ],
    });
  });

  it('removing a view or changing its columns disconnects clients, changing its implementation does not', () => {
    const withView = (fields: Fields, isAnonymous = true): RawModuleBuilder => {
      const module = new RawModuleBuilder();
      return module.view('best', option(module.type('Best', product(fields))), isAnonymous);
    };
    const breaking = {
      breaksClients: true,
      steps: ['Dropping view `best`', 'Creating view `best`', 'Disconnecting all users'],
    };
    expect(plan(withView({ a: U64 }), withView({ a: U64 }))).toMatchObject({
      breaksClients: false,
      steps: ['Updating view `best`'],
    });
    expect(plan(new RawModuleBuilder(), withView({ a: U64 }))).toMatchObject({
      breaksClients: false,
      steps: ['Creating view `best`'],
    });
    expect(plan(withView({ a: U64 }), withView({ a: U64, b: U64 }))).toMatchObject(breaking);
    expect(plan(withView({ a: U64 }), withView({ a: U32 }))).toMatchObject(breaking);
    expect(plan(withView({ a: U64 }), withView({ a: U64 }, false))).toMatchObject(breaking);
    expect(plan(withView({ a: U64 }), new RawModuleBuilder())).toMatchObject({ breaksClients: true });
  });

  it('the same changes in a submodule disconnect clients', () => {
    const mount = (module: RawModuleBuilder): RawModuleBuilder =>
      new RawModuleBuilder().section({
        tag: 'Submodules',
        value: [{ namespace: 'lib', module: module.build() }],
      });
    expect(plan(mount(apples({ id: U64 })), mount(new RawModuleBuilder()))).toMatchObject({
      steps: ['Dropping table `lib.apples`', 'Disconnecting all users'],
    });
  });
});

describe('manual migrations', () => {
  const reasons = (before: RawModuleBuilder, after: RawModuleBuilder): readonly string[] => {
    const result = plan(before, after);
    return result.tag === 'manual' ? result.reasons : [];
  };

  it('removing, reordering or adding columns without a default value needs a manual migration', () => {
    expect(reasons(apples({ id: U64, name: Text }), apples({ id: U64 }))).toEqual([
      'Removing a column name from table apples requires a manual migration',
    ]);
    expect(reasons(apples({ id: U64, name: Text }), apples({ name: Text, id: U64 }))).toEqual([
      'Reordering table apples requires a manual migration',
    ]);
    expect(reasons(apples({ id: U64 }), apples({ id: U64, weight: U16 }))).toEqual([
      'Adding a column weight to table apples requires a default value annotation',
    ]);
    const inFront = apples(
      { weight: U16, id: U64 },
      { defaultValues: [{ colId: 0, value: new Uint8Array(2) }] },
    );
    expect(reasons(apples({ id: U64 }), inFront)).toEqual([
      'Reordering table apples requires a manual migration',
    ]);
  });

  it("changing a column's type needs a manual migration", () => {
    expect(reasons(apples({ name: Text }), apples({ name: U32 }))).toEqual([
      'Changing the type of column name in table apples from String to U32 requires a manual migration',
    ]);
  });

  it('the reason shows the types that differ', () => {
    const before = withColumn((module) =>
      module.type('S', sum({ a: module.type('P', product({ x: Text })) })),
    );
    const after = withColumn((module) => module.type('S', sum({ a: module.type('P', product({ x: U32 })) })));
    expect(reasons(before, after)[0]).toBe(
      'Changing a type within column column in table apples from String to U32 requires a manual migration',
    );
  });

  it('changing a table into an event table or a system table needs a manual migration', () => {
    expect(reasons(apples({ id: U64 }), apples({ id: U64 }, { isEvent: true }))).toEqual([
      'Changing the event flag of table apples requires a manual migration',
    ]);
    expect(reasons(apples({ id: U64 }), apples({ id: U64 }, { tableType: 'System' }))).toEqual([
      'Changing the table type of table apples from User to System requires a manual migration',
    ]);
  });

  it('changing the accessor of an index needs a manual migration', () => {
    const make = (accessorName: string | undefined): RawModuleBuilder =>
      apples({ id: U64 }, { indexes: [{ ...index('id', 0), accessorName }] });
    expect(reasons(make('old'), make('young'))).toEqual([
      'Changing the accessor name on index apples_id_idx_btree from Some("old") to Some("young") requires a manual migration',
    ]);
    expect(reasons(make('old'), make(undefined))[0]).toContain('from Some("old") to None');
  });

  it('all reasons are reported at once', () => {
    const before = apples({ id: U64, name: Text, count: U16 });
    expect(reasons(before, apples({ id: U32 }))).toHaveLength(3);
  });
});

describe('the text of a plan', () => {
  it('a new table is shown with its parts', () => {
    const after = apples({ id: U64 }).table(
      'oranges',
      { id: U32, name: Text },
      {
        isPublic: true,
        primaryKey: [0],
        unique: [[0]],
        indexes: [{ sourceName: 'o', accessorName: 'id', algorithm: btree(0) }],
        sequences: [{ column: 0 }],
      },
    );
    expect(shown(apples({ id: U64 }), after)).toEqual([
      '▸ Created user table: oranges (public)',
      '    Columns:',
      '        • id: U32',
      '        • name: String',
      '    Unique constraints:',
      '        • oranges_id_key on [id]',
      '    Indexes:',
      '        • oranges_id_idx_btree on [id]',
      '    Auto-increment constraints:',
      '        • oranges_id_seq on id',
      '',
      '',
    ]);
  });

  it('new columns are shown with their default values and a warning', () => {
    const values = new Uint8Array([5, 0, 0, 0, 1, 0, 0, 0, 120]);
    const after = apples(
      { id: U64, fresh: U32, name: Text },
      {
        defaultValues: [
          { colId: 1, value: values.slice(0, 4) },
          { colId: 2, value: values.slice(4) },
        ],
      },
    );
    expect(shown(apples({ id: U64 }), after)).toEqual([
      '▸ Created columns in table apples',
      '    + fresh: U32 (default: U32(',
      '    5,',
      '))',
      '    + name: String (default: String(',
      '    "x",',
      '))',
      '!!! Warning: All clients will be disconnected due to breaking schema changes',
      '',
    ]);
  });

  it('removed and changed parts are shown', () => {
    const before = apples({ id: U64, name: Text }, { indexes: [index('name', 1)], isPublic: true });
    const after = apples({ id: U64, name: Text }, { unique: [[0]], indexes: [index('id', 0)] });
    expect(shown(before.table('pears', { id: U64 }), after)).toEqual([
      '▸ Removed index apples_name_idx_btree on [name] of table apples',
      '▸ Removed table: pears',
      '',
      '▸ Created index apples_id_idx_btree on [id] of table apples',
      '▸ Created unique constraint apples_id_key on [id] of table apples',
      '▸ Changed access for table apples (public → private)',
      '!!! Warning: All clients will be disconnected due to breaking schema changes',
      '',
    ]);
  });

  it('added and removed schedules are shown', () => {
    const make = (isScheduled: boolean): RawModuleBuilder => {
      const module = new RawModuleBuilder();
      const row = module.type('Timer', product({ id: U64, at: scheduleAt }));
      const indexes = [{ sourceName: 'i', accessorName: 'id', algorithm: btree(0) }];
      module.tableOf(row, 'timer', { primaryKey: [0], unique: [[0]], indexes }).reducer('tick', { row });
      return isScheduled ? module.schedule('timer', 1, 'tick') : module;
    };
    expect(shown(make(false), make(true))[0]).toBe('▸ Created schedule for table timer calling reducer tick');
    expect(shown(make(true), make(false))[0]).toBe('▸ Removed schedule for table timer calling reducer tick');
    expect(plan(make(true), make(true))).toEqual(none);
  });

  it('the text can be coloured', () => {
    const result = planOf(apples({ id: U64 }, { isPublic: true }), apples({ id: U64 }));
    if (result.tag === 'manual') throw new Error('no plan');
    expect(planText(result.steps, ansi).split('\n').slice(4)[0]).toBe(
      '▸ \x1b[0m\x1b[1m\x1b[33mChanged\x1b[0m access for table \x1b[0m\x1b[1m\x1b[36mapples\x1b[0m (\x1b[0m\x1b[32mpublic → private\x1b[0m)',
    );
  });
});
