import type {
  ColumnDef,
  IndexAlgorithm,
  IndexDef,
  ScheduleDef,
  SequenceDef,
  TableDef,
  UniqueConstraintDef,
} from './module-def.ts';
import { indexName, scheduleName, sequenceName, uniqueConstraintName } from './names.ts';
import {
  section,
  type RawConstraintDef,
  type RawIndexDef,
  type RawSequenceDef,
  type RawTableDef,
} from './raw-module-def.ts';
import { indexColumns } from './references.ts';
import { resolveColumns, rowTypeAt, type ResolveScope } from './resolve-columns.ts';

/** Resolves the names of a table and its parts. */
export function resolveTable(table: RawTableDef, scope: ResolveScope): TableDef {
  const name = scope.names.table(table.sourceName);
  const columns = resolveColumns(table.productTypeRef, scope);
  return {
    name,
    sourceName: table.sourceName,
    typeRef: table.productTypeRef,
    rowType: rowTypeAt(scope.typespace, table.productTypeRef),
    columns,
    primaryKey: table.primaryKey[0],
    indexes: table.indexes.map((index) => resolveIndex(index, name, columns, scope)),
    uniqueConstraints: table.constraints.map((constraint) => resolveUnique(constraint, name, columns)),
    sequences: table.sequences.map((sequence) => resolveSequence(sequence, name, columns)),
    schedule: resolveSchedule(name, scope),
    defaultValues: new Map(table.defaultValues.map(({ colId, value }) => [colId, value])),
    isPublic: table.tableAccess.tag === 'Public',
    isEvent: table.isEvent,
    tableType: table.tableType.tag === 'System' ? 'system' : 'user',
  };
}

const ALGORITHMS = { BTree: 'btree', Hash: 'hash', Direct: 'direct' } as const satisfies Record<
  string,
  IndexAlgorithm
>;

function resolveIndex(
  { sourceName = '', accessorName, algorithm }: RawIndexDef,
  table: string,
  columns: readonly ColumnDef[],
  { names }: ResolveScope,
): IndexDef {
  const positions = indexColumns(algorithm);
  const kind = ALGORITHMS[algorithm.tag];
  return {
    name: names.explicitIndex(sourceName) ?? indexName(table, columnNames(columns, positions), kind),
    sourceName,
    accessorName,
    algorithm: kind,
    columns: positions,
  };
}

/** The real server ignores the module's name for a constraint and always derives one. */
function resolveUnique(
  { data }: RawConstraintDef,
  table: string,
  columns: readonly ColumnDef[],
): UniqueConstraintDef {
  const positions = data.value.columns;
  return {
    name: uniqueConstraintName(table, columnNames(columns, positions)),
    columns: [...new Set(positions)].sort((a, b) => a - b),
  };
}

const I128_MAX = 2n ** 127n - 1n;

/** Absent bounds get the real server's defaults (`crates/schema/src/schema.rs`, `SequenceSchema`). */
function resolveSequence(
  sequence: RawSequenceDef,
  table: string,
  columns: readonly ColumnDef[],
): SequenceDef {
  return {
    name: sequence.sourceName ?? sequenceName(table, columns[sequence.column]?.name ?? ''),
    column: sequence.column,
    start: sequence.start ?? 1n,
    min: sequence.minValue ?? 1n,
    max: sequence.maxValue ?? I128_MAX,
    increment: sequence.increment,
  };
}

function resolveSchedule(table: string, { raw, names }: ResolveScope): ScheduleDef | undefined {
  const schedule = section(raw, 'Schedules')?.find(({ tableName }) => names.table(tableName) === table);
  if (!schedule) return undefined;
  const target = names.function(schedule.functionName);
  const isReducer = section(raw, 'Reducers')?.some(({ sourceName }) => names.function(sourceName) === target);
  return {
    name: scheduleName(table),
    atColumn: schedule.scheduleAtCol,
    functionName: schedule.functionName,
    functionKind: isReducer ? 'reducer' : 'procedure',
  };
}

function columnNames(columns: readonly ColumnDef[], positions: readonly number[]): string[] {
  return positions.map((position) => columns[position]?.name ?? '');
}
