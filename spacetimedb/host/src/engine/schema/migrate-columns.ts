import { columnUpgrade } from './column-upgrade.ts';
import { inlineRefs } from './inline-types.ts';
import type { MigrationDraft } from './migration-draft.ts';
import { addedColumns, changedColumnAccessor, changedColumns, changedEventTable } from './migration-text.ts';
import type { ColumnDef, TableDef } from './module-def.ts';
import type { Mounted } from './mounted.ts';

/**
 * Plans the changes of a table's columns. Columns with a default value may be added at the end, and types may grow.
 * An event table keeps no rows, so its columns may change in any way.
 * @param name canonical name of the table, with its namespace
 */
export function planColumns(
  draft: MigrationDraft,
  name: string,
  old: Mounted<TableDef>,
  current: Mounted<TableDef>,
): void {
  planAccessorNames(draft, name, old.item, current.item);
  const { isChanged, reasons } = compareColumns(old, current);
  const isExtended = current.item.columns.length > old.item.columns.length;
  if (old.item.isEvent) {
    if (!isChanged && reasons.length === 0 && !isExtended) return;
    draft.breaksClients = true;
    draft.step(
      'ReschemaEventTable',
      name,
      `Changing schema of event table \`${name}\``,
      changedEventTable(name),
    );
    return;
  }
  draft.reasons.push(...reasons);
  if (isExtended) {
    draft.breaksClients = true;
    draft.step('AddColumns', name, `Adding columns to table \`${name}\``, addedColumns(name, old, current));
  } else if (isChanged) {
    draft.step(
      'ChangeColumns',
      name,
      `Changing columns of table \`${name}\``,
      changedColumns(name, old, current),
    );
  }
}

/** Plans changes of the columns' names in the module's source. */
function planAccessorNames(draft: MigrationDraft, table: string, before: TableDef, after: TableDef): void {
  for (const { name, sourceName } of after.columns) {
    const old = before.columns.find((column) => column.name === name);
    if (!old || old.sourceName === sourceName) continue;
    const text = `Changing column accessor name for \`${table}\`.\`${name}\` to \`${sourceName}\``;
    draft.step('ChangeColumnAccessorName', `${table}.${name}`, text, changedColumnAccessor(table, name));
  }
}

function compareColumns(
  old: Mounted<TableDef>,
  current: Mounted<TableDef>,
): { isChanged: boolean; reasons: string[] } {
  const table = old.item.name;
  const reasons: string[] = [];
  let isChanged = false;
  old.item.columns.forEach((before, position) => {
    const newPosition = current.item.columns.findIndex(({ name }) => name === before.name);
    const after = current.item.columns[newPosition];
    if (!after) {
      reasons.push(`Removing a column ${before.name} from table ${table} requires a manual migration`);
      return;
    }
    if (newPosition !== position) reasons.push(`Reordering table ${table} requires a manual migration`);
    const upgrade = columnUpgrade(table, before.name, typeOf(before, old), typeOf(after, current));
    reasons.push(...upgrade.reasons);
    isChanged ||= upgrade.isChanged;
  });
  current.item.columns.forEach(({ name }, position) => {
    const isNew = !old.item.columns.some((column) => column.name === name);
    if (isNew && !current.item.defaultValues.has(position)) {
      reasons.push(`Adding a column ${name} to table ${table} requires a default value annotation`);
    }
  });
  return { isChanged, reasons };
}

function typeOf(column: ColumnDef, { def }: Mounted<TableDef>): ReturnType<typeof inlineRefs> {
  return inlineRefs(column.type, def.typespace);
}
