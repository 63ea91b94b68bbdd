/** Computes the rows of the system tables. */
import { BinaryWriter, type AlgebraicType, type Identity } from 'spacetimedb';
import type { AuthenticatedClient } from '../database-api.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { ModuleDef } from '../schema/module-def.ts';
import { RawAlgebraicType } from '../schema/raw-module-def.ts';
import { ruleTable } from '../sql/rule-table.ts';
import { databaseObjects, type DatabaseObject } from './objects.ts';
import type { SystemTableName } from './definitions.ts';

/** What the system tables describe. */
export interface DatabaseFacts {
  readonly identity: Identity;
  readonly owner: Identity;
  readonly program: Uint8Array;
  /** Hex. */
  readonly programHash: string;
  readonly def: ModuleDef;
  readonly datastore: Datastore;
  /** The connected clients. */
  readonly clients: Iterable<AuthenticatedClient>;
  /** The value of the variable `row_limit`; absent while it is not set. */
  readonly rowLimit: bigint | undefined;
}

/** Values in column order, as the SDK decodes them. */
type Columns = readonly unknown[];

/** `ModuleKind::JS` of the real server. */
const JAVASCRIPT = 1;
/** What the real server writes for every module. */
const MODULE_VERSION = '0.0.1';

/** The current rows of a system table. */
export function systemRows(table: SystemTableName, facts: DatabaseFacts): Iterable<Columns> {
  return READERS[table](facts);
}

export function clientColumns({ identity, connectionId }: AuthenticatedClient): Columns {
  return [identity.__identity__, connectionId.__connection_id__];
}

export function credentialsColumns({ connectionId, jwtPayload }: AuthenticatedClient): Columns {
  return [connectionId.__connection_id__, jwtPayload];
}

/** Collects the rows that each object in the database contributes to a system table. */
function ofObjects(rowsOf: (object: DatabaseObject) => readonly Columns[]) {
  return ({ def, datastore }: DatabaseFacts) => databaseObjects(def, datastore).flatMap(rowsOf);
}

const READERS: Readonly<Record<SystemTableName, (facts: DatabaseFacts) => Iterable<Columns>>> = {
  st_table: ofObjects(({ id, name, type, isPublic, primaryKey }) => [
    [id, name, type, isPublic ? 'public' : 'private', primaryKey === undefined ? undefined : [primaryKey]],
  ]),
  st_column: ofObjects(({ id, columns }) =>
    columns.map(({ name, type }, position) => [id, position, name, typeBytes(type)]),
  ),
  st_sequence: ofObjects(({ id: tableId, sequences }) =>
    sequences.map(({ id, def, allocated }) => [
      id,
      def.name,
      tableId,
      def.column,
      def.increment,
      def.start,
      def.min,
      def.max,
      allocated,
    ]),
  ),
  st_index: ofObjects(({ id: tableId, indexes }) =>
    indexes.map(({ id, name, algorithm, columns }) => [
      id,
      tableId,
      name,
      indexAlgorithm(algorithm, columns),
    ]),
  ),
  st_constraint: ofObjects(({ id: tableId, constraints }) =>
    constraints.map(({ id, name, columns }) => [id, name, tableId, { tag: 'Unique', value: { columns } }]),
  ),
  st_module: ({ identity, owner, programHash, program }) => [
    [identity.__identity__, owner.__identity__, JAVASCRIPT, hashNumber(programHash), program, MODULE_VERSION],
  ],
  st_client: ({ clients }) => Array.from(clients, clientColumns),
  st_var: ({ rowLimit }) => (rowLimit === undefined ? [] : [['row_limit', { tag: 'U64', value: rowLimit }]]),
  st_scheduled: ofObjects(({ id: tableId, schedule }) =>
    schedule === undefined
      ? []
      : [[schedule.id, tableId, schedule.functionName, schedule.name, schedule.atColumn]],
  ),
  st_row_level_security: (facts) => {
    const objects = databaseObjects(facts.def, facts.datastore);
    return [...new Set(facts.def.rowLevelSecurity)].map((sql) => {
      const name = ruleTable(sql);
      const table =
        objects.find((object) => object.name === name) ?? objects.find(({ accessor }) => accessor === name);
      return [table?.id ?? 0, sql];
    });
  },
  st_connection_credentials: ({ clients }) => Array.from(clients, credentialsColumns),
  // The real server writes `true` for every view, public or not.
  st_view: ofObjects(({ id: tableId, name, view }) =>
    view === undefined ? [] : [[view.id, name, tableId, true, view.isAnonymous]],
  ),
  st_view_param: ofObjects(({ view }) =>
    (view?.params ?? []).map(({ name, type }, position) => [view?.id, position, name, typeBytes(type)]),
  ),
  st_view_column: ofObjects(({ view }) =>
    (view?.columns ?? []).map(({ name, type }, position) => [view?.id, position, name, typeBytes(type)]),
  ),
  st_view_sub: () => [],
  st_view_arg: () => [],
  st_event_table: ofObjects(({ id, isEvent }) => (isEvent ? [[id]] : [])),
  st_table_accessor: ofObjects(({ name, accessor }) => (accessor === undefined ? [] : [[name, accessor]])),
  st_index_accessor: ofObjects(({ indexes }) =>
    indexes.flatMap(({ name, accessor }) => (accessor === undefined ? [] : [[name, accessor]])),
  ),
  st_column_accessor: ofObjects(({ name: table, columns }) =>
    columns.flatMap(({ name, accessor }) => (accessor === undefined ? [] : [[table, name, accessor]])),
  ),
};

function indexAlgorithm(algorithm: 'btree' | 'hash' | 'direct', columns: readonly number[]) {
  switch (algorithm) {
    case 'btree':
      return { tag: 'BTree', value: { columns } };
    case 'hash':
      return { tag: 'Hash', value: { columns } };
    case 'direct':
      return { tag: 'Direct', value: { column: columns[0] } };
  }
}

/** A hash as the real server stores it: its bytes as a little-endian number. */
function hashNumber(hex: string): bigint {
  return BigInt(`0x${(hex.match(/../g) ?? ['00']).reverse().join('')}`);
}

function typeBytes(type: AlgebraicType): Uint8Array {
  const writer = new BinaryWriter(32);
  RawAlgebraicType.serialize(writer, type);
  return writer.getBuffer().slice();
}
