/** Formats the steps of a migration for the publisher (`auto_migrate/termcolor_formatter.rs`). */
import { compareStrings } from '../sats/compare.ts';
import { typeText } from '../sats/type-text.ts';
import { debugText } from './debug-text.ts';
import { inlineRefs } from './inline-types.ts';
import type { ModuleDef, ScheduleDef, TableDef, ViewDef } from './module-def.ts';
import type { Mounted } from './mounted.ts';

/** The colours of a terminal. */
const STYLES = {
  created: '\x1b[1m\x1b[32m',
  removed: '\x1b[1m\x1b[31m',
  changed: '\x1b[1m\x1b[33m',
  heading: '\x1b[1m\x1b[34m',
  table: '\x1b[1m\x1b[36m',
  column: '\x1b[1m\x1b[35m',
  type: '\x1b[35m',
  access: '\x1b[32m',
  policy: '\x1b[34m',
  warning: '\x1b[1m\x1b[41m',
} as const;

/** Gives a text its colour, or leaves it as it is. */
export type Paint = (style: keyof typeof STYLES, text: string) => string;

const RESET = '\x1b[0m';

export const plain: Paint = (_style, text) => text;
export const ansi: Paint = (style, text) => `${RESET}${STYLES[style]}${text}${RESET}`;

/** A part of a plan: the text, with the line breaks after it. */
export type Shown = (paint: Paint) => string;

const INDENT = '    ';

/** The whole plan. */
export function planText(steps: readonly { readonly show: Shown }[], paint: Paint): string {
  const line = '━'.repeat(60);
  const heading = `${line}\n${paint('heading', 'Database Migration Plan')}\n${line}\n\n`;
  return heading + steps.map(({ show }) => show(paint)).join('');
}

const ACTIONS = { created: 'Created', removed: 'Removed', changed: 'Changed' } as const;
type Action = keyof typeof ACTIONS;

function action(paint: Paint, which: Action): string {
  return `▸ ${paint(which, ACTIONS[which])}`;
}

/** For steps that are not shown. */
export const nothing: Shown = () => '';

export function addedTable(name: string, { item, def }: Mounted<TableDef>): Shown {
  return (paint) => {
    const kind = item.tableType === 'system' ? 'system' : 'user';
    const access = paint('access', item.isPublic ? 'public' : 'private');
    const bySchedule = item.schedule && [
      `Calls ${item.schedule.functionKind}: ${item.schedule.functionName}`,
    ];
    return [
      `${action(paint, 'created')} ${kind} table: ${paint('table', name)} (${access})\n`,
      section(paint, 'Columns', fields(paint, item.columns, def)),
      section(paint, 'Unique constraints', namedColumns(item, item.uniqueConstraints)),
      section(paint, 'Indexes', namedColumns(item, item.indexes)),
      section(
        paint,
        'Auto-increment constraints',
        byName(item.sequences).map((sequence) => `${sequence.name} on ${columnName(item, sequence.column)}`),
      ),
      section(paint, 'Schedule', bySchedule ?? []),
      '\n',
    ].join('');
  };
}

export function removedTable(name: string): Shown {
  return (paint) => `${action(paint, 'removed')} table: ${paint('table', name)}\n\n`;
}

export function changedView(which: Action, name: string, { item, def }: Mounted<ViewDef>): Shown {
  return (paint) => {
    const params = item.params.elements.map((param) => ({
      name: param.name ?? '',
      type: param.algebraicType,
    }));
    return [
      `▸ ${action(paint, which)}${item.isAnonymous ? ' anonymous' : ''} view: ${paint('table', name)}\n`,
      section(paint, 'Parameters', fields(paint, params, def)),
      section(paint, 'Columns', fields(paint, item.columns, def)),
      '\n',
    ].join('');
  };
}

/** @param part such as `index` or `unique constraint` */
export function changedColumnsPart(
  which: Action,
  part: string,
  table: string,
  owner: TableDef,
  changed: { readonly name: string; readonly columns: readonly number[] },
): Shown {
  const columns = changed.columns.map((column) => columnName(owner, column)).join(', ');
  return (paint) =>
    `${action(paint, which)} ${part} ${changed.name} on [${columns}] of table ${paint('table', table)}\n`;
}

export function changedSequence(
  which: Action,
  table: string,
  owner: TableDef,
  { name, column }: { readonly name: string; readonly column: number },
): Shown {
  return (paint) =>
    `${action(paint, which)} auto-increment constraint ${name} on column ${columnName(owner, column)} of table ${paint('table', table)}\n`;
}

export function changedAccess(table: string, isPublic: boolean): Shown {
  const direction = isPublic ? 'private → public' : 'public → private';
  return (paint) =>
    `${action(paint, 'changed')} access for table ${paint('table', table)} (${paint('access', direction)})\n`;
}

export function changedPrimaryKey(
  table: string,
  before: number | undefined,
  after: number | undefined,
): Shown {
  const change =
    after === undefined ? 'removed' : `${before === undefined ? 'added on' : 'changed to'} column ${after}`;
  return (paint) => `${action(paint, 'changed')} primary key on table ${paint('table', table)} (${change})\n`;
}

export function changedSchedule(
  which: Action,
  table: string,
  { functionKind, functionName }: ScheduleDef,
): Shown {
  return (paint) =>
    `${action(paint, which)} schedule for table ${paint('table', table)} calling ${functionKind} ${functionName}\n`;
}

export function changedRowLevelSecurity(which: Action, sql: string): Shown {
  return (paint) =>
    `${action(paint, which)} row level security policy:\n${INDENT}\`${paint('policy', sql)}\`\n`;
}

export function changedColumns(table: string, old: Mounted<TableDef>, current: Mounted<TableDef>): Shown {
  return (paint) => {
    const changes = current.item.columns.flatMap((after, position) => {
      const before = old.item.columns[position];
      if (before === undefined) return [];
      const [from, to] = [typeName(before.type, old.def), typeName(after.type, current.def)];
      return from === to
        ? []
        : [`${INDENT}~ Modified: ${after.name} (${paint('type', from)} → ${paint('type', to)})\n`];
    });
    return `${action(paint, 'changed')} columns for table ${paint('table', table)}\n${changes.join('')}`;
  };
}

export function addedColumns(table: string, old: Mounted<TableDef>, current: Mounted<TableDef>): Shown {
  return (paint) => {
    const { item, def } = current;
    const added = item.columns.slice(old.item.columns.length).map(({ name, type }, position) => {
      const value = item.defaultValues.get(old.item.columns.length + position);
      const byDefault =
        value === undefined ? '' : ` (default: ${debugText(inlineRefs(type, def.typespace), value)})`;
      return `${INDENT}+ ${name}: ${paint('type', typeName(type, def))}${byDefault}\n`;
    });
    const columns = added.length > 1 ? 'columns' : 'column';
    return `${action(paint, 'created')} ${columns} in table ${paint('table', table)}\n${added.join('')}`;
  };
}

export function changedEventTable(table: string): Shown {
  return (paint) => `${action(paint, 'changed')} schema of event table ${paint('table', table)}\n`;
}

export function changedTableAccessor(table: string): Shown {
  return (paint) => `${action(paint, 'changed')} table accessor name for ${paint('table', table)}\n`;
}

export function changedColumnAccessor(table: string, column: string): Shown {
  return (paint) =>
    `${action(paint, 'changed')} column accessor name for ${paint('table', table)}.${paint('column', column)}\n`;
}

export const disconnectedClients: Shown = (paint) =>
  `${paint('warning', '!!! Warning: All clients will be disconnected due to breaking schema changes')}\n`;

function section(paint: Paint, heading: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const items = lines.map((line) => `${INDENT}${INDENT}• ${line}\n`).join('');
  return `${INDENT}${paint('heading', `${heading}:`)}\n${items}`;
}

type Fields = readonly { readonly name: string; readonly type: Parameters<typeof typeText>[0] }[];

function fields(paint: Paint, list: Fields, def: ModuleDef): string[] {
  return list.map(({ name, type }) => `${name}: ${paint('type', typeName(type, def))}`);
}

function typeName(type: Parameters<typeof typeText>[0], def: ModuleDef): string {
  return typeText(inlineRefs(type, def.typespace));
}

function namedColumns(
  table: TableDef,
  parts: readonly { readonly name: string; readonly columns: readonly number[] }[],
): string[] {
  return byName(parts).map(
    ({ name, columns }) => `${name} on [${columns.map((column) => columnName(table, column)).join(', ')}]`,
  );
}

function byName<Part extends { readonly name: string }>(parts: readonly Part[]): Part[] {
  return parts.toSorted((a, b) => compareStrings(a.name, b.name));
}

function columnName(table: TableDef, position: number): string {
  return table.columns[position]?.name ?? String(position);
}
