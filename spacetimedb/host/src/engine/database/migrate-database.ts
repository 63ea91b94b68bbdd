import { concatBytes } from '../bytes.ts';
import { Datastore, type StoredRow } from '../datastore/datastore.ts';
import type { Sequence } from '../datastore/sequence.ts';
import type { ModuleDef, TableDef } from '../schema/module-def.ts';
import { planMigration, type MigrationPlan, type SequenceCheck } from '../schema/migrate.ts';
import type { Database, DatabaseParts } from './database.ts';
import { ModuleRuntime } from './module-runtime.ts';
import { RuntimeLink } from './open-database.ts';
import { withSchema, type DatabaseMeta, type DatabaseWrite, type TableWrite } from './storage.ts';

/** The stored data cannot get the new program's schema; nothing was changed. */
export class MigrationRejectedError extends Error {
  override readonly name = 'MigrationRejectedError';
}

/** Says what publishing `program` over a database would change. @throws as `ModuleRuntime.load` */
export async function planDatabaseMigration(
  database: Database,
  parts: DatabaseParts,
  program: Uint8Array,
): Promise<MigrationPlan> {
  const runtime = await ModuleRuntime.load(program, parts.loader, new RuntimeLink(parts).services);
  runtime.dispose();
  return planFor(database, runtime);
}

/**
 * Replaces a running database's program, and gives its data the new schema.
 *
 * @param parts with the `meta` that the database has afterwards
 * @throws {MigrationRejectedError} @throws as `ModuleRuntime.load`; the old program goes on running then
 */
export async function migrateDatabase(
  database: Database,
  parts: DatabaseParts,
  program: Uint8Array,
  { mayBreakClients }: { mayBreakClients: boolean },
): Promise<void> {
  const link = new RuntimeLink(parts);
  link.connect(database);
  const runtime = await ModuleRuntime.load(program, parts.loader, link.services);
  // From here on nothing waits: no call may change the rows between the copy and the switch.
  if (database.failure !== undefined) throw new MigrationRejectedError(database.failure);
  let migration: Migration;
  try {
    migration = prepareMigration(database, runtime, parts.meta, program, mayBreakClients);
  } catch (error) {
    runtime.dispose();
    throw error;
  }
  const { plan, datastore, write } = migration;
  database.replaceModule(runtime, datastore, write, plan.breaksClients);
  for (const step of plan.steps) database.logSystem('Info', step);
}

/** The rows that are there, and the schema that they have. */
export interface MigrationSource {
  readonly moduleDef: ModuleDef;
  readonly datastore: Datastore;
}

export interface Migration {
  readonly plan: Extract<MigrationPlan, { tag: 'auto' }>;
  /** The rows with the new schema. */
  readonly datastore: Datastore;
  /** What has to change on disk. */
  readonly write: DatabaseWrite & { readonly meta: DatabaseMeta };
}

/**
 * Gives rows the schema of another program, without changing anything yet.
 *
 * @param meta what the database is afterwards, but for the schema
 * @throws {MigrationRejectedError}
 */
export function prepareMigration(
  source: MigrationSource,
  runtime: ModuleRuntime,
  meta: DatabaseMeta,
  program: Uint8Array,
  mayBreakClients: boolean,
): Migration {
  const plan = planFor(source, runtime);
  if (plan.tag === 'manual') throw new MigrationRejectedError(plan.reasons.join('\n'));
  if (plan.breaksClients && !mayBreakClients) {
    throw new MigrationRejectedError('This migration would disconnect the clients that are connected now');
  }
  const { datastore, rewritten, dropped } = moveRows(source.datastore, runtime);
  checkUnique(datastore);
  for (const check of plan.sequenceChecks) checkSequence(datastore, check);
  const write = {
    meta: withSchema(meta, runtime.rawDef),
    program,
    clearedTables: [...dropped, ...rewritten.map(({ table }) => table)],
    tables: rewritten,
    sequences: new Map<string, bigint>(),
  };
  return { plan, datastore, write };
}

/** What moving the rows to another program's schema would change. */
export function planFor(source: MigrationSource, runtime: ModuleRuntime): MigrationPlan {
  return planMigration(
    source.moduleDef,
    runtime.def,
    (table) => source.datastore.tableByName(table)?.committed.rows.size ?? 0,
  );
}

/** A datastore of the new schema with the old one's rows, and what has to change on disk for it. */
function moveRows(
  old: Datastore,
  runtime: ModuleRuntime,
): { datastore: Datastore; rewritten: TableWrite[]; dropped: string[] } {
  const rows = new Map<string, StoredRow[]>();
  const changedTables = new Set<string>();
  for (const def of runtime.def.tables) {
    const before = old.tableByName(def.name);
    if (!before || before.def.name !== def.name) continue;
    const added = addedColumns(before.def, def);
    const stored = [...before.committed.rows.values()];
    rows.set(
      def.name,
      added
        ? stored.map(({ bytes }) => ({ bytes: concatBytes([bytes, added]), storageId: undefined }))
        : stored,
    );
    if (added) changedTables.add(def.name);
  }
  const datastore = new Datastore(runtime.def, { rows, sequences: new Map() });
  const sequences = new Map(sequencesOf(old).map((sequence) => [sequence.def.name, sequence]));
  for (const sequence of sequencesOf(datastore)) {
    const before = sequences.get(sequence.def.name);
    if (before) sequence.continueFrom(before);
  }
  const rewritten = datastore.tables
    .filter(({ def }) => changedTables.has(def.name))
    .map(({ def, committed }) => ({ table: def.name, deletes: [], inserts: [...committed.rows.values()] }));
  const kept = new Set(runtime.def.tables.map(({ name }) => name));
  const dropped = old.tables.map(({ def }) => def.name).filter((name) => !kept.has(name));
  return { datastore, rewritten, dropped };
}

function sequencesOf({ tables }: Datastore): Sequence[] {
  return tables.flatMap(({ sequences }) => sequences);
}

/** BSATN of the columns that the new definition has behind the old ones; `undefined` when it has none. */
function addedColumns(before: TableDef, after: TableDef): Uint8Array | undefined {
  if (after.columns.length <= before.columns.length) return undefined;
  const values = after.columns.slice(before.columns.length).map((_, n) => {
    const column = before.columns.length + n;
    const value = after.defaultValues.get(column);
    if (!value) {
      throw new MigrationRejectedError(`Column ${column} of table ${after.name} has no default value`);
    }
    return value;
  });
  return concatBytes(values);
}

function checkUnique(datastore: Datastore): void {
  for (const { def, committed, uniqueIndexes } of datastore.tables) {
    for (const position of uniqueIndexes) {
      if (!committed.indexes[position]?.hasDuplicates()) continue;
      const index = def.indexes[position]?.name;
      throw new MigrationRejectedError(
        `Table ${def.name} has rows that are equal in index ${index}, which is unique`,
      );
    }
  }
}

/** A sequence that starts among values which rows have already would hand those out a second time. */
function checkSequence(datastore: Datastore, { table, sequence }: SequenceCheck): void {
  const rows = datastore.tableByName(table)?.committed.rows.values() ?? [];
  for (const { columns } of rows) {
    const value = BigInt(columns[sequence.column] as number | bigint);
    if (value < sequence.min || value > sequence.max) continue;
    throw new MigrationRejectedError(
      `Column ${sequence.column} of table ${table} cannot count up by itself: a row has the value ${value} already`,
    );
  }
}
