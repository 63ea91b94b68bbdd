/** The system tables of SpacetimeDB 2.8.3, with its names, types and ids (`crates/datastore/src/system_tables.rs`). */
import type { AlgebraicType } from 'spacetimedb';
import type { TableDef } from '../schema/module-def.ts';

const BOOL: AlgebraicType = { tag: 'Bool' };
const U8: AlgebraicType = { tag: 'U8' };
const U16: AlgebraicType = { tag: 'U16' };
const U32: AlgebraicType = { tag: 'U32' };
const U64: AlgebraicType = { tag: 'U64' };
const I64: AlgebraicType = { tag: 'I64' };
const U128: AlgebraicType = { tag: 'U128' };
const I128: AlgebraicType = { tag: 'I128' };
const U256: AlgebraicType = { tag: 'U256' };
const STRING: AlgebraicType = { tag: 'String' };
const BYTES: AlgebraicType = { tag: 'Array', value: U8 };
const COLUMN_LIST: AlgebraicType = { tag: 'Array', value: U16 };

const product = (fields: Readonly<Record<string, AlgebraicType>>): AlgebraicType => ({
  tag: 'Product',
  value: { elements: Object.entries(fields).map(([name, algebraicType]) => ({ name, algebraicType })) },
});
const sum = (variants: Readonly<Record<string, AlgebraicType>>): AlgebraicType => ({
  tag: 'Sum',
  value: { variants: Object.entries(variants).map(([name, algebraicType]) => ({ name, algebraicType })) },
});
const option = (type: AlgebraicType): AlgebraicType => sum({ some: type, none: product({}) });

/** `Unused` reserves room in the real server's pages. */
const INDEX_ALGORITHM = sum({
  Unused: U128,
  BTree: product({ columns: COLUMN_LIST }),
  Direct: product({ column: U16 }),
  Hash: product({ columns: COLUMN_LIST }),
});
const CONSTRAINT_DATA = sum({ Unused: U128, Unique: product({ columns: COLUMN_LIST }) });
const VARIABLE_VALUE = sum({
  Bool: BOOL,
  I8: { tag: 'I8' },
  U8,
  I16: { tag: 'I16' },
  U16,
  I32: { tag: 'I32' },
  U32,
  I64,
  U64,
  I128,
  U128,
  F32: { tag: 'F32' },
  F64: { tag: 'F64' },
  String: STRING,
});

/** Ids of what a module declares start here; the system tables and their parts have smaller ones. */
export const FIRST_USER_ID = 4096;

export interface SystemTableDef extends TableDef {
  readonly id: number;
  /** In the order of `indexes`, `uniqueConstraints` and `sequences`. */
  readonly indexIds: readonly number[];
  readonly constraintIds: readonly number[];
  readonly sequenceIds: readonly number[];
}

interface Parts {
  readonly columns: Readonly<Record<string, AlgebraicType>>;
  readonly primaryKey?: string;
  /** Column names, joined with commas, by constraint id. */
  readonly unique?: Readonly<Record<number, string>>;
  /** Column names, joined with commas, by index id. */
  readonly indexes?: Readonly<Record<number, string>>;
  /** An auto-increment column, by sequence id. */
  readonly sequence?: Readonly<Record<number, string>>;
  readonly isPrivate?: boolean;
}

function define<Name extends string>(
  id: number,
  name: Name,
  parts: Parts,
): SystemTableDef & { readonly name: Name } {
  const names = Object.keys(parts.columns);
  const positions = (list: string) => list.split(',').map((column) => names.indexOf(column));
  const entries = (part: Readonly<Record<number, string>> = {}) => Object.entries(part);
  const idsOf = (part: Readonly<Record<number, string>> = {}) => Object.keys(part).map(Number);
  const joined = (list: string) => list.replaceAll(',', '_');
  return {
    id,
    indexIds: idsOf(parts.indexes),
    constraintIds: idsOf(parts.unique),
    sequenceIds: idsOf(parts.sequence),
    name,
    sourceName: name,
    // Never looked up: these types are not in a module's typespace.
    typeRef: -1,
    rowType: {
      elements: Object.entries(parts.columns).map(([column, algebraicType]) => ({
        name: column,
        algebraicType,
      })),
    },
    columns: Object.entries(parts.columns).map(([column, type]) => ({
      name: column,
      sourceName: column,
      type,
    })),
    primaryKey: parts.primaryKey === undefined ? undefined : names.indexOf(parts.primaryKey),
    indexes: entries(parts.indexes).map(([, list]) => ({
      name: `${name}_${joined(list)}_idx_btree`,
      sourceName: `${name}_${joined(list)}_idx_btree`,
      accessorName: undefined,
      algorithm: 'btree',
      columns: positions(list),
    })),
    uniqueConstraints: entries(parts.unique).map(([, list]) => ({
      name: `${name}_${joined(list)}_key`,
      columns: positions(list),
    })),
    sequences: entries(parts.sequence).map(([, column]) => ({
      name: `${name}_${column}_seq`,
      column: names.indexOf(column),
      start: BigInt(FIRST_USER_ID) + 1n,
      min: 1n,
      max: 2n ** 127n - 1n,
      increment: 1n,
    })),
    schedule: undefined,
    defaultValues: new Map(),
    isPublic: parts.isPrivate !== true,
    isEvent: false,
    tableType: 'system',
  };
}

/** In the order of their ids. */
export const SYSTEM_TABLES = [
  define(1, 'st_table', {
    columns: {
      table_id: U32,
      table_name: STRING,
      table_type: STRING,
      table_access: STRING,
      table_primary_key: option(COLUMN_LIST),
    },
    primaryKey: 'table_id',
    unique: { 1: 'table_id', 2: 'table_name' },
    indexes: { 1: 'table_id', 2: 'table_name' },
    sequence: { 1: 'table_id' },
  }),
  define(2, 'st_column', {
    columns: { table_id: U32, col_pos: U16, col_name: STRING, col_type: BYTES },
    unique: { 3: 'table_id,col_pos' },
    indexes: { 3: 'table_id,col_pos' },
  }),
  define(3, 'st_sequence', {
    columns: {
      sequence_id: U32,
      sequence_name: STRING,
      table_id: U32,
      col_pos: U16,
      increment: I128,
      start: I128,
      min_value: I128,
      max_value: I128,
      allocated: I128,
    },
    primaryKey: 'sequence_id',
    unique: { 4: 'sequence_id' },
    indexes: { 4: 'sequence_id' },
    sequence: { 5: 'sequence_id' },
  }),
  define(4, 'st_index', {
    columns: { index_id: U32, table_id: U32, index_name: STRING, index_algorithm: INDEX_ALGORITHM },
    primaryKey: 'index_id',
    unique: { 5: 'index_id' },
    indexes: { 5: 'index_id' },
    sequence: { 2: 'index_id' },
  }),
  define(5, 'st_constraint', {
    columns: { constraint_id: U32, constraint_name: STRING, table_id: U32, constraint_data: CONSTRAINT_DATA },
    primaryKey: 'constraint_id',
    unique: { 6: 'constraint_id' },
    indexes: { 6: 'constraint_id' },
    sequence: { 3: 'constraint_id' },
  }),
  define(6, 'st_module', {
    columns: {
      database_identity: U256,
      owner_identity: U256,
      program_kind: U8,
      program_hash: U256,
      program_bytes: BYTES,
      module_version: STRING,
    },
  }),
  define(7, 'st_client', {
    columns: { identity: U256, connection_id: U128 },
    unique: { 7: 'identity,connection_id' },
    indexes: { 7: 'identity,connection_id' },
  }),
  define(8, 'st_var', {
    columns: { name: STRING, value: VARIABLE_VALUE },
    primaryKey: 'name',
    unique: { 8: 'name' },
    indexes: { 8: 'name' },
  }),
  define(9, 'st_scheduled', {
    columns: { schedule_id: U32, table_id: U32, reducer_name: STRING, schedule_name: STRING, at_column: U16 },
    primaryKey: 'schedule_id',
    unique: { 9: 'schedule_id', 10: 'table_id' },
    indexes: { 9: 'schedule_id', 10: 'table_id' },
    sequence: { 4: 'schedule_id' },
  }),
  define(10, 'st_row_level_security', {
    columns: { table_id: U32, sql: STRING },
    primaryKey: 'sql',
    unique: { 11: 'sql' },
    indexes: { 11: 'table_id', 12: 'sql' },
  }),
  define(11, 'st_connection_credentials', {
    columns: { connection_id: U128, jwt_payload: STRING },
    primaryKey: 'connection_id',
    unique: { 12: 'connection_id' },
    indexes: { 13: 'connection_id' },
    isPrivate: true,
  }),
  define(12, 'st_view', {
    columns: { view_id: U32, view_name: STRING, table_id: option(U32), is_public: BOOL, is_anonymous: BOOL },
    primaryKey: 'view_id',
    unique: { 13: 'view_id', 14: 'view_name' },
    indexes: { 14: 'view_id', 15: 'view_name' },
    sequence: { 6: 'view_id' },
  }),
  define(13, 'st_view_param', {
    columns: { view_id: U32, param_pos: U16, param_name: STRING, param_type: BYTES },
    unique: { 15: 'view_id,param_pos' },
    indexes: { 16: 'view_id,param_pos' },
  }),
  define(14, 'st_view_column', {
    columns: { view_id: U32, col_pos: U16, col_name: STRING, col_type: BYTES },
    unique: { 16: 'view_id,col_pos' },
    indexes: { 17: 'view_id,col_pos' },
  }),
  // The next two are empty on the real server, too: it stores the subscribers of views elsewhere.
  define(15, 'st_view_sub', {
    columns: {
      view_id: U32,
      arg_id: U64,
      identity: U256,
      num_subscribers: U64,
      has_subscribers: BOOL,
      last_called: I64,
    },
    indexes: { 18: 'identity', 19: 'has_subscribers', 20: 'view_id,arg_id,identity' },
  }),
  define(16, 'st_view_arg', {
    columns: { id: U64, bytes: BYTES },
    primaryKey: 'id',
    unique: { 17: 'id', 18: 'bytes' },
    indexes: { 21: 'id', 22: 'bytes' },
    sequence: { 7: 'id' },
  }),
  define(17, 'st_event_table', {
    columns: { table_id: U32 },
    primaryKey: 'table_id',
    unique: { 19: 'table_id' },
    indexes: { 23: 'table_id' },
  }),
  define(18, 'st_table_accessor', {
    columns: { table_name: STRING, accessor_name: STRING },
    unique: { 20: 'table_name', 21: 'accessor_name' },
    indexes: { 24: 'table_name', 25: 'accessor_name' },
  }),
  define(19, 'st_index_accessor', {
    columns: { index_name: STRING, accessor_name: STRING },
    unique: { 22: 'index_name', 23: 'accessor_name' },
    indexes: { 26: 'index_name', 27: 'accessor_name' },
  }),
  define(20, 'st_column_accessor', {
    columns: { table_name: STRING, col_name: STRING, accessor_name: STRING },
    unique: { 24: 'table_name,col_name', 25: 'table_name,accessor_name' },
    indexes: { 28: 'table_name,col_name', 29: 'table_name,accessor_name' },
  }),
];

export type SystemTableName = (typeof SYSTEM_TABLES)[number]['name'];

const BY_NAME: ReadonlyMap<string, SystemTableDef> = new Map(SYSTEM_TABLES.map((def) => [def.name, def]));

/** @returns `undefined` when there is no system table with this name */
export function systemTable(name: string): SystemTableDef | undefined {
  return BY_NAME.get(name);
}
