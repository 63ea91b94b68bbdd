import { concatBytes } from '../bytes.ts';
import { Datastore, type StoredRow } from '../datastore/datastore.ts';
import type { Sequence } from '../datastore/sequence.ts';
import { uniqueViolationText } from '../datastore/unique-violation.ts';
import type { ModuleDef, TableDef } from '../schema/module-def.ts';
import {
  logLines,
  planMigration,
  type MigrationPlan,
  type MigrationStep,
  type SequenceCheck,
} from '../schema/migrate.ts';
import type { Database, DatabaseParts } from './database.ts';
import { ModuleRuntime } from './module-runtime.ts';
import { RuntimeLink } from './open-database.ts';
import { withSchema, type DatabaseMeta, type DatabaseWrite, type TableWrite } from './storage.ts';

/** The stored data cannot be migrated to the new program's schema. Nothing was changed. */
export class MigrationRejectedError extends Error {
  override readonly name: string = 'MigrationRejectedError';
}

/**
 * There is a plan for the migration, but the publisher did not accept it or it does not fit the rows. Nothing was
 * changed.
 */
export class MigrationFailedError extends MigrationRejectedError {
  override readonly name = 'MigrationFailedError';
  /** Were any steps tried? Then the log has a line about the update. */
  readonly hasBegun: boolean;

  constructor(message: string, hasBegun: boolean) {
    super(message);
    this.hasBegun = hasBegun;
  }
}

/** Plans what publishing `program` would change. @throws like `ModuleRuntime.load` */
export async function planDatabaseMigration(
  database: Database,
  parts: DatabaseParts,
  program: Uint8Array,
): Promise<MigrationPlan> {
  const runtime = await ModuleRuntime.load(program, parts.loader, new RuntimeLink(parts).services);
  runtime.dispose();
  return planMigration(database.moduleDef, runtime.def);
}

/** Checks that the publisher agrees to a plan. @throws {MigrationFailedError} */
export type AgreeToPlan = (plan: AutoMigrationPlan) => void;

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
  agree: AgreeToPlan,
): Promise<void> {
  const link = new RuntimeLink(parts);
  link.connect(database);
  const runtime = await ModuleRuntime.load(program, parts.loader, link.services);
  // No await from here on: no call may change the rows between the copy and the switch.
  if (database.failure !== undefined) throw new MigrationRejectedError(database.failure);
  let migration: Migration;
  try {
    migration = prepareMigration(database, runtime, parts.meta, program, agree);
  } catch (error) {
    runtime.dispose();
    if (error instanceof MigrationFailedError) logFailure(database, parts.meta.programHash, error);
    throw error;
  }
  const { plan, datastore, write } = migration;
  database.replaceModule(runtime, datastore, write, plan.breaksClients);
  database.logSystem('Info', `Updated program to ${parts.meta.programHash}`);
  for (const line of logLines(plan.steps)) database.logSystem('Info', line);
  database.logSystem('Info', 'Database updated');
}

/** The real server logs the update before it tries the steps. */
function logFailure(
  database: Database,
  programHash: string,
  { message, hasBegun }: MigrationFailedError,
): void {
  if (!hasBegun) return;
  database.logSystem('Info', `Updated program to ${programHash}`);
  database.logSystem('Warn', `Database update failed: ${message}`);
}

/** The current rows and their schema. */
export interface MigrationSource {
  readonly moduleDef: ModuleDef;
  readonly datastore: Datastore;
}

type AutoMigrationPlan = Extract<MigrationPlan, { tag: 'auto' }>;

export interface Migration {
  readonly plan: AutoMigrationPlan;
  /** The rows with the new schema. */
  readonly datastore: Datastore;
  /** The changes on disk. */
  readonly write: DatabaseWrite & { readonly meta: DatabaseMeta };
}

/**
 * Migrates rows to the schema of another program, without changing the database yet.
 *
 * @param meta of the database after the migration, without the schema
 * @param agree throws when the publisher does not accept the plan
 * @throws {MigrationRejectedError} when no plan leads to the new schema
 * @throws {MigrationFailedError} when the plan does not fit the rows
 */
export function prepareMigration(
  source: MigrationSource,
  runtime: ModuleRuntime,
  meta: DatabaseMeta,
  program: Uint8Array,
  agree: AgreeToPlan,
): Migration {
  const plan = planMigration(source.moduleDef, runtime.def);
  if (plan.tag === 'manual') throw new MigrationRejectedError(errorsOccurred(plan.reasons));
  agree(plan);
  for (const step of plan.steps) checkStep(step, source.datastore);
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

/** Reasons in the form that the server gives them (`ErrorStream`). */
export function errorsOccurred(reasons: readonly string[]): string {
  return `Errors occurred:\n${reasons.map((reason) => `${reason}\n\n`).join('')}`;
}

function checkStep({ kind, name }: MigrationStep, datastore: Datastore): void {
  if (kind === 'AddSchedule') throw failed('Adding schedules is not yet implemented');
  if (kind === 'RemoveSchedule') throw failed('Removing schedules is not yet implemented');
  if (kind !== 'RemoveTable' || !datastore.tableByName(name)?.committed.rows.size) return;
  throw failed(
    `Cannot remove table \`${name}\`: table contains data. ` +
      "Clear the table's rows (e.g. via a reducer) before removing it from your schema.",
  );
}

function failed(message: string): MigrationFailedError {
  return new MigrationFailedError(message, true);
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
      const index = committed.indexes[position];
      const key = index?.duplicateKey();
      if (!index || !key) continue;
      const text = uniqueViolationText(def, index.def, key, datastore.typespace);
      throw failed(`DatastoreError: IndexError: ${text}`);
    }
  }
}

/** A new sequence must not generate a value that an existing row has. */
function checkSequence(datastore: Datastore, { table, sequence }: SequenceCheck): void {
  const rows = datastore.tableByName(table)?.committed.rows.values() ?? [];
  for (const { columns } of rows) {
    const value = BigInt(columns[sequence.column] as number | bigint);
    if (value < sequence.min || value > sequence.max) continue;
    throw failed(`Precheck failed: added sequence ${sequence.name} already has values in range`);
  }
}
