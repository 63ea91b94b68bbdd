import { DatastoreError } from './datastore-error.ts';
import { productText, valueText } from '../sats/satn.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import type { Table } from './table.ts';

/** A row that has the same values in a unique index as another one. */
export class UniqueViolationError extends DatastoreError {
  readonly #table: Table;
  readonly #index: IndexDef;
  readonly #key: readonly unknown[];

  constructor(table: Table, index: IndexDef, key: readonly unknown[]) {
    super('unique_violation');
    this.#table = table;
    this.#index = index;
    this.#key = key;
  }

  /** The real server's message for callers outside of a module. */
  describe(): string {
    return uniqueViolationText(this.#table.def, this.#index, this.#key, this.#table.typespace);
  }
}

export function uniqueViolationText(
  table: TableDef,
  index: IndexDef,
  key: readonly unknown[],
  typespace: Typespace,
): string {
  const columns = index.columns.flatMap((position) => table.columns[position] ?? []);
  const values = columns.map(({ type }, n) => valueText(type, typespace, key[n]));
  const names = columns.map(({ name }) => JSON.stringify(name)).join(', ');
  const value = values.length === 1 ? values[0] : productText(values);
  return (
    `Unique constraint violation '${index.name}' in table '${table.name}': ` +
    `column(s): '[${names}]' value: ${value}`
  );
}
