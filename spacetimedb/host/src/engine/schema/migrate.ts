/**
 * Plans how a database changes to the schema of another module, or says why that is not possible automatically.
 * Source: `crates/schema/src/auto_migrate.rs` and `crates/engine/src/update.rs` of the real server.
 */
import { planColumns } from './migrate-columns.ts';
import { planConstraints, planIndexes, planSequences } from './migrate-table-parts.ts';
import { planViews } from './migrate-views.ts';
import { MigrationDraft, type MigrationPlan } from './migration-draft.ts';
import type { ModuleDef, TableDef } from './module-def.ts';
import { tablesOf, viewsOf, type Mounted } from './mounted.ts';

export type { MigrationPlan, SequenceCheck } from './migration-draft.ts';

/**
 * Compares two schemas without changing anything. It only looks at the number of rows, so the caller must check new
 * unique constraints and the plan's `sequenceChecks`.
 * @param before the current schema
 * @param after the new schema
 * @param rowCount current number of rows of a table, by canonical name with namespace
 */
export function planMigration(
  before: ModuleDef,
  after: ModuleDef,
  rowCount: (table: string) => number,
): MigrationPlan {
  const draft = new MigrationDraft();
  planTables(draft, tablesOf(before), tablesOf(after), rowCount);
  planViews(draft, viewsOf(before), viewsOf(after));
  planRowLevelSecurity(draft, before.rowLevelSecurity, after.rowLevelSecurity);
  return draft.finish();
}

type Tables = ReadonlyMap<string, Mounted<TableDef>>;

function planTables(
  draft: MigrationDraft,
  before: Tables,
  after: Tables,
  rowCount: (table: string) => number,
): void {
  for (const name of before.keys()) {
    if (after.has(name)) continue;
    if (rowCount(name) > 0) {
      draft.reasons.push(
        `Cannot remove table \`${name}\`: table contains data. ` +
          "Clear the table's rows (e.g. via a reducer) before removing it from your schema.",
      );
    }
    draft.breaksClients = true;
    draft.step('RemoveTable', name, `Dropping table \`${name}\``);
  }
  for (const [name, current] of after) {
    const old = before.get(name);
    if (old) planTable(draft, name, old, current);
    else draft.step('AddTable', name, `Creating table \`${name}\``);
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
    );
  }
  if (before.primaryKey !== after.primaryKey) {
    draft.step('ChangePrimaryKey', name, `Changing primary key for table \`${name}\``);
  }
  if (before.sourceName !== after.sourceName) {
    const text = `Changing table accessor name for \`${name}\` to \`${after.sourceName}\``;
    draft.step('ChangeTableAccessorName', name, text);
  }
  planSchedule(draft, before, after);
  planColumns(draft, name, old, current);
  planIndexes(draft, name, before, after);
  planConstraints(draft, name, before, after);
  planSequences(draft, name, before, after);
}

/** The real server plans these changes too, but then refuses to apply them. */
function planSchedule(draft: MigrationDraft, before: TableDef, after: TableDef): void {
  const [old, current] = [before.schedule, after.schedule];
  const isSame =
    old?.atColumn === current?.atColumn &&
    old?.functionName === current?.functionName &&
    old?.functionKind === current?.functionKind;
  if (isSame) return;
  if (old) draft.reasons.push('Removing schedules is not yet implemented');
  if (current) draft.reasons.push('Adding schedules is not yet implemented');
}

/** A rule can mention any table, so all rules are recreated if the schema changes. */
function planRowLevelSecurity(
  draft: MigrationDraft,
  before: readonly string[],
  after: readonly string[],
): void {
  for (const sql of before)
    draft.step('RemoveRowLevelSecurity', sql, `Removing row-level security \`${sql}\``);
  for (const sql of after) draft.step('AddRowLevelSecurity', sql, `Adding row-level security \`${sql}\``);
  const isSame = before.every((sql) => after.includes(sql)) && after.every((sql) => before.includes(sql));
  if (!isSame) draft.breaksClients = true;
}
