import type { AuthenticatedClient } from '../database-api.ts';
import type { Row } from '../datastore/row.ts';
import type { IndexRange } from '../datastore/table-index.ts';
import { Table } from '../datastore/table.ts';
import type { TableStore } from '../datastore/table-store.ts';
import type { CommittedTransaction, TableChange } from '../datastore/transaction.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { RowSource } from '../sql/plan.ts';
import { SYSTEM_TABLES, type SystemTableName } from './definitions.ts';
import { clientColumns, credentialsColumns, systemRows, type DatabaseFacts } from './rows.ts';

interface Built {
  readonly table: Table;
  readonly name: SystemTableName;
  /** Queries that read it. */
  users: number;
}

/** What happened in the database, as far as system tables show it. */
export interface SystemEvent {
  readonly connected?: AuthenticatedClient | undefined;
  readonly disconnected?: AuthenticatedClient | undefined;
  /** The names of the tables that may have changed. */
  readonly changed?: readonly SystemTableName[];
}

const NAMES: ReadonlyMap<TableDef, SystemTableName> = new Map(SYSTEM_TABLES.map((def) => [def, def.name]));
const NO_TYPES = { types: [] };

/**
 * The system tables, for queries and subscriptions. Their rows are computed when a query reads them, and kept up to
 * date only while a client is subscribed, so that unused tables cost nothing.
 */
export class SystemTables implements RowSource {
  readonly #facts: () => DatabaseFacts;
  readonly #built = new Map<TableDef, Built>();

  constructor(facts: () => DatabaseFacts) {
    this.#facts = facts;
  }

  has(table: TableDef): boolean {
    return NAMES.has(table);
  }

  storeOf(table: TableDef): TableStore {
    return this.#table(table).committed;
  }

  scan(table: TableDef): Iterable<Row> {
    return this.storeOf(table).rows.values();
  }

  seek(table: TableDef, index: IndexDef, range: IndexRange): Iterable<Row> {
    const found = this.storeOf(table).indexes[table.indexes.indexOf(index)];
    const isPoint = range.prefix.length === index.columns.length;
    return (isPoint ? found?.point(range.prefix) : found?.range(range)) ?? [];
  }

  /** Keeps a table up to date for one more query. */
  retain(table: TableDef): void {
    this.#table(table);
    const built = this.#built.get(table);
    if (built) built.users++;
  }

  release(table: TableDef): void {
    const built = this.#built.get(table);
    if (built) built.users--;
  }

  /** Drops the tables that no query reads. */
  dropUnused(): void {
    for (const [def, { users }] of this.#built) if (users === 0) this.#built.delete(def);
  }

  /** Keeps all tables in use until the returned function is called, even if their subscribers leave meanwhile. */
  hold(): () => void {
    const held = [...this.#built.keys()];
    for (const table of held) this.retain(table);
    return () => {
      for (const table of held) this.release(table);
      this.dropUnused();
    };
  }

  /** Brings the tables in use up to date. @returns their changes */
  follow(
    { connected, disconnected, changed = [] }: SystemEvent,
    { sequences }: Pick<CommittedTransaction, 'sequences'>,
  ): TableChange[] {
    if (this.#built.size === 0) return [];
    this.dropUnused();
    const hasChanged = (name: SystemTableName) =>
      changed.includes(name) || (name === 'st_sequence' && sequences.size > 0);
    const changes: TableChange[] = [];
    for (const { table, name } of this.#built.values()) {
      const columns = name === 'st_client' ? clientColumns : credentialsColumns;
      if (name === 'st_client' || name === 'st_connection_credentials') {
        const rows = (client: AuthenticatedClient | undefined) =>
          client ? [table.codec.fromColumns(columns(client))] : [];
        const [deletes, inserts] = [rows(disconnected), rows(connected)];
        for (const row of deletes) table.committed.remove(row);
        for (const row of inserts) table.committed.add(row);
        changes.push({ table, deletes, inserts });
      } else if (hasChanged(name)) {
        changes.push({ table, ...table.committed.replace(this.#rows(table, name)) });
      }
    }
    return changes.filter(({ deletes, inserts }) => deletes.length + inserts.length > 0);
  }

  /** Recomputes all tables in use after another program was published. @returns their changes */
  refresh(): TableChange[] {
    return this.follow({ changed: SYSTEM_TABLES.map(({ name }) => name) }, { sequences: new Map() });
  }

  #table(def: TableDef): Table {
    const known = this.#built.get(def);
    if (known) return known.table;
    const name = NAMES.get(def);
    if (name === undefined) throw new RangeError(`${def.name} is not a system table`);
    const table = new Table(0, def, NO_TYPES, new Map());
    for (const row of this.#rows(table, name)) table.committed.add(row);
    this.#built.set(def, { table, name, users: 0 });
    return table;
  }

  #rows(table: Table, name: SystemTableName): Row[] {
    return Array.from(systemRows(name, this.#facts()), (columns) => table.codec.fromColumns(columns));
  }
}
