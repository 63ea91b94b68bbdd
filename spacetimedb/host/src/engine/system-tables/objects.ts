/** Everything in a database that the system tables list: tables, views, and their parts. */
import type { AlgebraicType } from 'spacetimedb';
import type { Datastore } from '../datastore/datastore.ts';
import { withoutReferences } from '../sats/type-shape.ts';
import type {
  ColumnDef,
  IndexAlgorithm,
  ModuleDef,
  SequenceDef,
  TableDef,
  ViewDef,
} from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import { FIRST_USER_ID, SYSTEM_TABLES, type SystemTableDef } from './definitions.ts';

export interface DatabaseObject {
  readonly id: number;
  readonly name: string;
  /** The name in the module's source; absent if the module does not declare it. */
  readonly accessor: string | undefined;
  readonly type: 'system' | 'user';
  readonly isPublic: boolean;
  readonly isEvent: boolean;
  readonly primaryKey: number | undefined;
  readonly columns: readonly ObjectColumn[];
  readonly indexes: readonly ObjectIndex[];
  readonly constraints: readonly {
    readonly id: number;
    readonly name: string;
    readonly columns: readonly number[];
  }[];
  readonly sequences: readonly {
    readonly id: number;
    readonly def: SequenceDef;
    readonly allocated: bigint;
  }[];
  readonly schedule: ObjectSchedule | undefined;
  readonly view: ObjectView | undefined;
}

interface ObjectColumn {
  readonly name: string;
  readonly accessor: string | undefined;
  readonly type: AlgebraicType;
}

interface ObjectIndex {
  readonly id: number;
  readonly name: string;
  readonly accessor: string | undefined;
  readonly algorithm: IndexAlgorithm;
  readonly columns: readonly number[];
}

interface ObjectSchedule {
  readonly id: number;
  readonly name: string;
  readonly functionName: string;
  readonly atColumn: number;
}

interface ObjectView {
  readonly id: number;
  readonly isAnonymous: boolean;
  readonly columns: readonly ObjectColumn[];
  readonly params: readonly { readonly name: string; readonly type: AlgebraicType }[];
}

/** How far ahead of the ids in use the real server allocates ids. */
const ALLOCATED_AHEAD = 4096;

/**
 * The objects of a database. Tables and indexes have the ids that the module uses; everything else is numbered by table
 * name, then by view name, as in a new database of the real server.
 */
export function databaseObjects(def: ModuleDef, datastore: Datastore): DatabaseObject[] {
  const ids = new Ids();
  const tables = datastore.tables.map(({ id, def: table, sequences }) => {
    const allocations = new Map(sequences.map((sequence) => [sequence.def.name, sequence.allocated]));
    return userTable(id, table, def, ids, (index) => datastore.indexIdByName(index) ?? 0, allocations);
  });
  const indexCount = datastore.tables.reduce((count, { def: { indexes } }) => count + indexes.length, 0);
  ids.skip('table', tables.length);
  ids.skip('index', indexCount);
  const views = [...def.views].sort((a, b) => (a.name < b.name ? -1 : 1));
  const all = [...tables, ...views.map((view) => viewTable(view, def.typespace, ids))];
  return [...SYSTEM_TABLES.map((table) => builtIn(table, ids)), ...all];
}

/** Numbers the objects of each kind. */
class Ids {
  readonly #next = new Map<string, number>();

  next(kind: string): number {
    const id = this.#next.get(kind) ?? FIRST_USER_ID;
    this.#next.set(kind, id + 1);
    return id;
  }

  skip(kind: string, count: number): void {
    this.#next.set(kind, (this.#next.get(kind) ?? FIRST_USER_ID) + count);
  }

  /** The mark of the sequence that numbers a kind. */
  allocated(kind: string): bigint {
    const next = this.#next.get(kind) ?? FIRST_USER_ID;
    return BigInt(next === FIRST_USER_ID ? FIRST_USER_ID : FIRST_USER_ID + 1 + ALLOCATED_AHEAD);
  }
}

/** The kind of object that the sequence of each system table numbers. */
const NUMBERED_KINDS: Readonly<Record<string, string>> = {
  st_table: 'table',
  st_index: 'index',
  st_constraint: 'constraint',
  st_sequence: 'sequence',
  st_scheduled: 'schedule',
  st_view: 'view',
};

function builtIn(table: SystemTableDef, ids: Ids): DatabaseObject {
  return {
    id: table.id,
    name: table.name,
    accessor: undefined,
    type: 'system',
    isPublic: table.isPublic,
    isEvent: false,
    primaryKey: table.primaryKey,
    columns: table.columns.map(({ name, type }) => ({ name, accessor: undefined, type })),
    indexes: table.indexes.map(({ name, algorithm, columns }, n) => ({
      id: table.indexIds[n] ?? 0,
      name,
      accessor: undefined,
      algorithm,
      columns,
    })),
    constraints: table.uniqueConstraints.map(({ name, columns }, n) => ({
      id: table.constraintIds[n] ?? 0,
      name,
      columns,
    })),
    sequences: table.sequences.map((def, n) => ({
      id: table.sequenceIds[n] ?? 0,
      def,
      allocated: ids.allocated(NUMBERED_KINDS[table.name] ?? ''),
    })),
    schedule: undefined,
    view: undefined,
  };
}

function userTable(
  id: number,
  table: TableDef,
  { typespace, reducers, procedures }: ModuleDef,
  ids: Ids,
  indexId: (name: string) => number,
  allocations: ReadonlyMap<string, bigint>,
): DatabaseObject {
  const { schedule } = table;
  const target = [...reducers, ...procedures].find(
    ({ name, sourceName }) => schedule !== undefined && [name, sourceName].includes(schedule.functionName),
  );
  return {
    id,
    name: table.name,
    accessor: table.sourceName,
    type: table.tableType,
    isPublic: table.isPublic,
    isEvent: table.isEvent,
    primaryKey: table.primaryKey,
    columns: columnsOf(table.columns, typespace),
    indexes: table.indexes.map(({ name, sourceName, algorithm, columns }) => ({
      id: indexId(name),
      name,
      accessor: sourceName,
      algorithm,
      columns,
    })),
    constraints: table.uniqueConstraints.map(({ name, columns }) => ({
      id: ids.next('constraint'),
      name,
      columns,
    })),
    sequences: table.sequences.map((def) => ({
      id: ids.next('sequence'),
      def,
      allocated: allocations.get(def.name) ?? def.start,
    })),
    schedule: schedule && {
      id: ids.next('schedule'),
      name: schedule.name,
      functionName: target?.name ?? schedule.functionName,
      atColumn: schedule.atColumn,
    },
    view: undefined,
  };
}

/** The real server stores a view's rows in a table whose first column, `arg_hash`, says for whom they were computed. */
function viewTable(view: ViewDef, typespace: Typespace, ids: Ids): DatabaseObject {
  const columns = columnsOf(view.columns, typespace);
  const index = (name: string, positions: readonly number[]): ObjectIndex => ({
    id: ids.next('index'),
    name: `${view.name}_${name}_idx_btree`,
    accessor: undefined,
    algorithm: 'btree',
    columns: positions,
  });
  const key = view.primaryKey;
  const keyColumns = key === undefined ? '' : `arg_hash_${columns[key]?.name}`;
  return {
    id: ids.next('table'),
    name: view.name,
    accessor: view.sourceName,
    type: 'user',
    isPublic: view.isPublic,
    isEvent: false,
    primaryKey: undefined,
    columns: [{ name: 'arg_hash', accessor: undefined, type: { tag: 'U256' } }, ...columns],
    indexes: [index('arg_hash', [0]), ...(key === undefined ? [] : [index(keyColumns, [0, key + 1])])],
    constraints:
      key === undefined
        ? []
        : [{ id: ids.next('constraint'), name: `${view.name}_${keyColumns}_key`, columns: [0, key + 1] }],
    sequences: [],
    schedule: undefined,
    view: {
      id: ids.next('view'),
      isAnonymous: view.isAnonymous,
      columns,
      params: view.params.elements.map(({ name, algebraicType }) => ({
        name: name ?? '',
        type: withoutReferences(algebraicType, typespace),
      })),
    },
  };
}

function columnsOf(columns: readonly ColumnDef[], typespace: Typespace): ObjectColumn[] {
  return columns.map(({ name, sourceName, type }) => ({
    name,
    accessor: sourceName,
    type: withoutReferences(type, typespace),
  }));
}
