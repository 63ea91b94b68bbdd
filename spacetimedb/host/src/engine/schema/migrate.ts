/**
 * Plans how a database changes to the schema of another module, or says why that is not possible automatically.
 * Source: `crates/schema/src/auto_migrate.rs` and `crates/engine/src/update.rs` of the real server.
 */
import { planColumns } from './migrate-columns.ts';
import { planConstraints, planIndexes, planSequences } from './migrate-table-parts.ts';
import { planViews } from './migrate-views.ts';
import { MigrationDraft, type MigrationPlan } from './migration-draft.ts';
import {
  addedTable,
  changedAccess,
  changedPrimaryKey,
  changedRowLevelSecurity,
  changedSchedule,
  changedTableAccessor,
  nothing,
  removedTable,
} from './migration-text.ts';
import type { ModuleDef, TableDef } from './module-def.ts';
import { tablesOf, viewsOf, type Mounted } from './mounted.ts';

export { logLines, type MigrationPlan, type MigrationStep, type SequenceCheck } from './migration-draft.ts';

/**
 * Compares two schemas. Changes nothing and reads no rows: the caller checks that tables to be removed are empty, that
 * new unique constraints hold, and the `sequenceChecks` of the plan.
 *
 * @param before the current schema
 * @param after the new schema
 */
export function planMigration(before: ModuleDef, after: ModuleDef): MigrationPlan {
  const draft = new MigrationDraft();
  planTables(draft, tablesOf(before), tablesOf(after));
  planViews(draft, viewsOf(before), viewsOf(after));
  planRowLevelSecurity(draft, before.rowLevelSecurity, after.rowLevelSecurity);
  return draft.finish();
}

type Tables = ReadonlyMap<string, Mounted<TableDef>>;

function planTables(draft: MigrationDraft, before: Tables, after: Tables): void {
  for (const name of before.keys()) {
    if (after.has(name)) continue;
    draft.breaksClients = true;
    draft.step('RemoveTable', name, `Dropping table \`${name}\``, removedTable(name));
  }
  for (const [name, current] of after) {
    const old = before.get(name);
    if (old) planTable(draft, name, old, current);
    else draft.step('AddTable', name, `Creating table \`${name}\``, addedTable(name, current));
  }
}

function planTable(
  draft: MigrationDraft,
  name: string,
  old: Mounted<TableDef>,
  current: Mounted<TableDef>,
): void {
  const [before, after] = [old.item, current.item];
  if (before.tableType !== after.tableType) {
    const [from, to] = [before, after].map(({ tableType }) => (tableType === 'user' ? 'User' : 'System'));
    draft.reasons.push(
      `Changing the table type of table ${name} from ${from} to ${to} requires a manual migration`,
    );
  }
  if (before.isEvent !== after.isEvent) {
    draft.reasons.push(`Changing the event flag of table ${name} requires a manual migration`);
  }
  if (before.isPublic !== after.isPublic) {
    draft.step(
      'ChangeAccess',
      name,
      `Changing access of table \`${name}\` to ${after.isPublic ? 'public' : 'private'}`,
      changedAccess(name, after.isPublic),
    );
  }
  if (before.primaryKey !== after.primaryKey) {
    draft.step(
      'ChangePrimaryKey',
      name,
      `Changing primary key for table \`${name}\``,
      changedPrimaryKey(name, before.primaryKey, after.primaryKey),
    );
  }
  if (before.sourceName !== after.sourceName) {
    const text = `Changing table accessor name for \`${name}\` to \`${after.sourceName}\``;
    draft.step('ChangeTableAccessorName', name, text, changedTableAccessor(name));
  }
  planSchedule(draft, name, before, after);
  planColumns(draft, name, old, current);
  planIndexes(draft, name, before, after);
  planConstraints(draft, name, before, after);
  planSequences(draft, name, before, after);
}

/** The real server plans these changes but refuses to carry them out, and so does `prepareMigration`. */
function planSchedule(draft: MigrationDraft, table: string, before: TableDef, after: TableDef): void {
  const [old, current] = [before.schedule, after.schedule];
  const isSame =
    old?.atColumn === current?.atColumn &&
    old?.functionName === current?.functionName &&
    old?.functionKind === current?.functionKind;
  if (isSame) return;
  if (old) {
    draft.step(
      'RemoveSchedule',
      old.name,
      `Removing schedule \`${old.name}\``,
      changedSchedule('removed', table, old),
    );
  }
  if (current) {
    draft.step(
      'AddSchedule',
      current.name,
      `Adding schedule \`${current.name}\``,
      changedSchedule('created', table, current),
    );
  }
}

/** A rule can mention any table, so the server recreates all rules; the plan shows only those that differ. */
function planRowLevelSecurity(
  draft: MigrationDraft,
  before: readonly string[],
  after: readonly string[],
): void {
  for (const sql of before) {
    const show = after.includes(sql) ? nothing : changedRowLevelSecurity('removed', sql);
    draft.step('RemoveRowLevelSecurity', sql, `Removing row-level security \`${sql}\``, show);
  }
  for (const sql of after) {
    const show = before.includes(sql) ? nothing : changedRowLevelSecurity('created', sql);
    draft.step('AddRowLevelSecurity', sql, `Adding row-level security \`${sql}\``, show);
  }
  const isSame = before.every((sql) => after.includes(sql)) && after.every((sql) => before.includes(sql));
  if (!isSame) draft.breaksClients = true;
}
