/** Tables, rows and a source of rows for this folder's tests. */
import type { AlgebraicType } from 'spacetimedb';
import type { Row } from '../datastore/row.ts';
import { makeComparator } from '../sats/compare.ts';
import type { IndexAlgorithm, IndexDef, TableDef } from '../schema/module-def.ts';
import type { TableCatalog } from './catalog.ts';
import type { RowSource } from './plan.ts';

/** @param indexes column names separated by commas, by algorithm */
export function makeTable(
  name: string,
  columns: Readonly<Record<string, AlgebraicType>>,
  indexes: readonly (readonly [IndexAlgorithm, string])[] = [],
  overrides: Partial<TableDef> = {},
): TableDef {
  const names = Object.keys(columns);
  const elements = Object.entries(columns).map(([column, algebraicType]) => ({
    name: column,
    algebraicType,
  }));
  return {
    name,
    sourceName: name,
    typeRef: 0,
    rowType: { elements },
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, sourceName: column, type })),
    primaryKey: undefined,
    indexes: indexes.map(([algorithm, list]) => ({
      name: `${name}_${list}_${algorithm}`,
      sourceName: `${name}_${list}_${algorithm}`,
      accessorName: undefined,
      algorithm,
      columns: list.split(',').map((column) => names.indexOf(column)),
    })),
    uniqueConstraints: [],
    sequences: [],
    schedule: undefined,
    defaultValues: new Map(),
    isPublic: true,
    isEvent: false,
    tableType: 'user',
    ...overrides,
  };
}

export function makeCatalog(...tables: readonly TableDef[]): TableCatalog {
  return {
    typespace: { types: [] },
    table: (name) => tables.find((table) => table.name === name || table.sourceName === name),
  };
}

export function makeRow(...columns: readonly unknown[]): Row {
  return { bytes: new Uint8Array(), key: '', columns, storageId: undefined };
}

/** Rows in memory. `seek` filters them and records the used indexes in `seeks`. */
export class MemorySource implements RowSource {
  readonly seeks: string[] = [];
  readonly #rows: ReadonlyMap<string, readonly Row[]>;

  constructor(rows: Readonly<Record<string, readonly Row[]>>) {
    this.#rows = new Map(Object.entries(rows));
  }

  scan(table: TableDef): readonly Row[] {
    return this.#rows.get(table.name) ?? [];
  }

  seek(table: TableDef, index: IndexDef, range: Parameters<RowSource['seek']>[2]): readonly Row[] {
    this.seeks.push(index.name);
    const compareAt = (position: number) => {
      const column = index.columns[position] as number;
      const compare = makeComparator(table.columns[column]?.type as AlgebraicType, { types: [] });
      return (row: Row, value: unknown) => compare(row.columns[column], value);
    };
    return this.scan(table).filter((row) => {
      if (!range.prefix.every((value, i) => compareAt(i)(row, value) === 0)) return false;
      const { lower, upper } = range;
      const compare = compareAt(Math.min(range.prefix.length, index.columns.length - 1));
      if (lower.kind !== 'unbounded' && compare(row, lower.value) < Number(lower.kind === 'excluded'))
        return false;
      return upper.kind === 'unbounded' || compare(row, upper.value) <= -Number(upper.kind === 'excluded');
    });
  }
}
