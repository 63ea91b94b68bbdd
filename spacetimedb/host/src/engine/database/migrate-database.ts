import { concatBytes } from '../bytes.ts';
import { Datastore, type StoredRow } from '../datastore/datastore.ts';
import type { ModuleDef, TableDef } from '../schema/module-def.ts';
import { planMigration, type MigrationPlan, type SequenceCheck } from '../schema/migrate.ts';
import type { Database, DatabaseParts } from './database.ts';
import { ModuleRuntime } from './module-runtime.ts';
import { RuntimeLink } from './open-database.ts';
import { withSchema, type DatabaseMeta, type DatabaseWrite, type TableWrite } from './storage.ts';

/** The stored data cannot be migrated to the new program's schema. Nothing was changed. */
export class MigrationRejectedError extends Error {
  override readonly name = 'MigrationRejectedError';
}

/** Plans what publishing `program` would change. @throws like `ModuleRuntime.load` */
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
 * Replaces a running database's program and migrates its data to the new schema.
 *
 * @param parts with the `meta` of the database after the migration
 * @throws {MigrationRejectedError} @throws like `ModuleRuntime.load`; the old program keeps running then
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
  // No await from here on: no call may change the rows between the copy and the switch.
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

/** The current rows and their schema. */
export interface MigrationSource {
  readonly moduleDef: ModuleDef;
  readonly datastore: Datastore;
}

export interface Migration {
  readonly plan: Extract<MigrationPlan, { tag: 'auto' }>;
  /** The rows with the new schema. */
  readonly datastore: Datastore;
  /** The changes on disk. */
  readonly write: DatabaseWrite & { readonly meta: DatabaseMeta };
}

/**
 * Migrates rows to the schema of another program, without changing the database yet.
 *
 * @param meta of the database after the migration, without the schema
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
    throw new MigrationRejectedError('This migration would disconnect the connected clients');
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

/** Plans the migration to another program's schema. */
export function planFor(source: MigrationSource, runtime: ModuleRuntime): MigrationPlan {
  return planMigration(
    source.moduleDef,
    runtime.def,
    (table) => source.datastore.tableByName(table)?.committed.rows.size ?? 0,
  );
}

/** Copies the rows into a datastore with the new schema, and lists what changes on disk. */
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
  const sequences = new Map(
    old.tables.flatMap((table) =>
      table.sequences.map((sequence) => [sequence.def.name, sequence.allocated] as const),
    ),
  );
  const datastore = new Datastore(runtime.def, { rows, sequences });
  const rewritten = datastore.tables
    .filter(({ def }) => changedTables.has(def.name))
    .map(({ def, committed }) => ({ table: def.name, deletes: [], inserts: [...committed.rows.values()] }));
  const kept = new Set(runtime.def.tables.map(({ name }) => name));
  const dropped = old.tables.map(({ def }) => def.name).filter((name) => !kept.has(name));
  return { datastore, rewritten, dropped };
}

/** BSATN of the default values of added columns; `undefined` if no column was added. */
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
        `Table ${def.name} has rows with equal values in the unique index ${index}`,
      );
    }
  }
}

/** A new sequence must not generate a value that an existing row has. */
function checkSequence(datastore: Datastore, { table, sequence }: SequenceCheck): void {
  const rows = datastore.tableByName(table)?.committed.rows.values() ?? [];
  for (const { columns } of rows) {
    const value = BigInt(columns[sequence.column] as number | bigint);
    if (value < sequence.min || value > sequence.max) continue;
    throw new MigrationRejectedError(
      `Column ${sequence.column} of table ${table} cannot auto-increment: a row already has the value ${value}`,
    );
  }
}
