import type { AlgebraicType } from 'spacetimedb';
import { bsatnProblem } from './bsatn-check.ts';
import { identifierProblem } from './identifier.ts';
import type { ModuleDef, TableDef } from './module-def.ts';
import { section, type RawModuleDefV10, type RawTableDef } from './raw-module-def.ts';
import { isScheduleAt, isSimpleEnum } from './special-types.ts';

/** Finds problems with tables, their columns and other parts. */
export function tableProblems(raw: RawModuleDefV10, def: ModuleDef): string[] {
  const rawTables = section(raw, 'Tables') ?? [];
  const problems = def.tables.flatMap((table, i) => {
    const rawTable = rawTables[i];
    return rawTable ? new TableCheck(table, rawTable, def).run() : [];
  });
  const scheduled = new Set<string>();
  for (const { tableName } of section(raw, 'Schedules') ?? []) {
    if (scheduled.has(tableName)) problems.push(`Table \`${tableName}\` has more than one schedule.`);
    scheduled.add(tableName);
  }
  return problems;
}

const INTEGER_TAGS = new Set([
  'I8',
  'U8',
  'I16',
  'U16',
  'I32',
  'U32',
  'I64',
  'U64',
  'I128',
  'U128',
  'I256',
  'U256',
]);
const DIRECT_INDEX_TAGS = new Set(['U8', 'U16', 'U32', 'U64']);

class TableCheck {
  readonly #table: TableDef;
  readonly #raw: RawTableDef;
  readonly #def: ModuleDef;
  readonly #item: string;
  readonly #problems: string[] = [];

  constructor(table: TableDef, raw: RawTableDef, def: ModuleDef) {
    this.#table = table;
    this.#raw = raw;
    this.#def = def;
    this.#item = `table \`${table.sourceName}\``;
  }

  run(): string[] {
    this.#names();
    this.#primaryKey();
    this.#uniqueConstraints();
    this.#indexes();
    this.#sequences();
    this.#schedule();
    this.#defaultValues();
    return this.#problems;
  }

  #names(): void {
    const { name, sourceName, columns, tableType } = this.#table;
    for (const candidate of new Set([sourceName, name]))
      this.#name(candidate, `The table name \`${candidate}\``);
    if (tableType === 'user' && name.startsWith('st_')) {
      this.#problems.push(
        `The table name \`${name}\` starts with \`st_\`, which is reserved for system tables.`,
      );
    }
    for (const column of columns) {
      for (const candidate of new Set([column.sourceName, column.name])) {
        this.#name(candidate, `The column name \`${candidate}\` of ${this.#item}`);
      }
    }
  }

  #name(name: string, item: string): void {
    const problem = identifierProblem(name);
    if (problem) this.#problems.push(`${item} ${problem}.`);
  }

  #primaryKey(): void {
    const { primaryKey, uniqueConstraints } = this.#table;
    if (this.#raw.primaryKey.length > 1) {
      this.#problems.push(`The ${this.#item} has a primary key of more than one column.`);
    }
    if (primaryKey === undefined) return;
    if (!uniqueConstraints.some(({ columns }) => columns.length === 1 && columns[0] === primaryKey)) {
      this.#problems.push(
        `Column ${this.#column(primaryKey)} is the primary key but has no unique constraint.`,
      );
    }
  }

  #uniqueConstraints(): void {
    this.#raw.constraints.forEach(({ data }, i) => {
      const constraint = this.#table.uniqueConstraints[i];
      if (!constraint) return;
      const item = `Unique constraint \`${constraint.name}\``;
      if (constraint.columns.length < data.value.columns.length) {
        this.#problems.push(`${item} of ${this.#item} names a column twice.`);
      }
      const backed = this.#table.indexes.some(({ columns }) => isSameSet(columns, constraint.columns));
      if (!backed) this.#problems.push(`${item} of ${this.#item} has no index on the same columns.`);
    });
  }

  #indexes(): void {
    for (const { name, accessorName, algorithm, columns } of this.#table.indexes) {
      const item = `Index \`${name}\` of ${this.#item}`;
      this.#name(name, `The index name \`${name}\` of ${this.#item}`);
      if (accessorName !== undefined)
        this.#name(accessorName, `The accessor name \`${accessorName}\` of ${this.#item}`);
      if (new Set(columns).size < columns.length) this.#problems.push(`${item} names a column twice.`);
      const [first = 0] = columns;
      if (algorithm === 'direct' && !this.#canBeDirect(this.#table.columns[first]?.type)) {
        this.#problems.push(
          `${item} is direct, but column ${this.#column(first)} is neither an unsigned integer of at most 64 bits nor a plain enum.`,
        );
      }
    }
  }

  #canBeDirect(type: AlgebraicType | undefined): boolean {
    if (!type) return false;
    const target = type.tag === 'Ref' ? this.#def.typespace.types[type.value] : type;
    return DIRECT_INDEX_TAGS.has(type.tag) || (target !== undefined && isSimpleEnum(target));
  }

  #sequences(): void {
    const seen = new Set<number>();
    this.#table.sequences.forEach(({ name, column }, i) => {
      const item = `Sequence \`${name}\` of ${this.#item}`;
      if (!INTEGER_TAGS.has(this.#table.columns[column]?.type.tag ?? '')) {
        this.#problems.push(`${item} is on column ${this.#column(column)}, which is not an integer.`);
      }
      if (seen.has(column)) this.#problems.push(`Column ${this.#column(column)} has more than one sequence.`);
      seen.add(column);
      const { minValue, start, maxValue } = this.#raw.sequences[i] ?? {};
      if (!isAscending([minValue, start, maxValue])) {
        this.#problems.push(`${item} does not have its start between its minimum and its maximum.`);
      }
    });
  }

  #schedule(): void {
    const { schedule, columns, primaryKey, typeRef } = this.#table;
    if (!schedule) return;
    const keyType = primaryKey === undefined ? undefined : columns[primaryKey]?.type.tag;
    const atType = columns[schedule.atColumn]?.type;
    if (keyType !== 'U64' || !atType || !isScheduleAt(atType)) {
      this.#problems.push(
        `The scheduled ${this.#item} needs a primary key of type u64 and a column of type ScheduleAt.`,
      );
    }
    const functions = schedule.functionKind === 'reducer' ? this.#def.reducers : this.#def.procedures;
    const target = functions.find(({ sourceName, name }) =>
      [sourceName, name].includes(schedule.functionName),
    );
    const [param, ...others] = target?.params.elements ?? [];
    const takesRow = param?.algebraicType.tag === 'Ref' && param.algebraicType.value === typeRef;
    if (!takesRow || others.length > 0) {
      this.#problems.push(
        `The scheduled ${schedule.functionKind} \`${schedule.functionName}\` must take a row of ${this.#item} and nothing else.`,
      );
    }
  }

  #defaultValues(): void {
    for (const [column, bytes] of this.#table.defaultValues) {
      const type = this.#table.columns[column]?.type;
      const problem = type && bsatnProblem(bytes, type, this.#def.typespace);
      if (problem)
        this.#problems.push(
          `The default value of column ${this.#column(column)} does not decode: ${problem}.`,
        );
    }
  }

  #column(position: number): string {
    return `\`${this.#table.columns[position]?.sourceName ?? position}\` of ${this.#item}`;
  }
}

function isSameSet(columns: readonly number[], set: readonly number[]): boolean {
  return columns.length === set.length && columns.every((column) => set.includes(column));
}

/** Are the defined numbers in ascending order? */
function isAscending(bounds: readonly (bigint | undefined)[]): boolean {
  const present = bounds.filter((bound) => bound !== undefined);
  return present.every((bound, i) => i === 0 || (present[i - 1] ?? bound) <= bound);
}
