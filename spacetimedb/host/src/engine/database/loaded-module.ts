import type { Identity } from 'spacetimedb';
import type { Datastore } from '../datastore/datastore.ts';
import { SecuredTables } from '../row-security/secured-tables.ts';
import { SqlCatalog } from '../sql/catalog.ts';
import { systemTable } from '../system-tables/definitions.ts';
import { databaseObjects } from '../system-tables/objects.ts';
import type { SystemTables } from '../system-tables/system-tables.ts';
import { ReadableTables } from '../views/readable-tables.ts';
import { Views } from '../views/views.ts';
import type { ModuleRuntime } from './module-runtime.ts';

export interface LoadedModuleOptions {
  readonly owner: Identity;
  readonly system: SystemTables;
  /** How many rows a view may have when a query first reads it. */
  readonly maxViewRows: number;
  /** Receives problems with the result of a view. */
  readonly logViewError: (message: string, view: string) => void;
}

/** A running program with its tables and views. Publishing another program replaces all of it together. */
export class LoadedModule {
  readonly runtime: ModuleRuntime;
  readonly datastore: Datastore;
  readonly views: Views;
  /** Everything that queries can read. */
  readonly tables: ReadableTables;
  readonly #secured: SecuredTables;
  readonly #owner: Identity;

  constructor(runtime: ModuleRuntime, datastore: Datastore, options: LoadedModuleOptions) {
    this.runtime = runtime;
    this.datastore = datastore;
    this.views = new Views(
      runtime.def,
      datastore,
      (...args) => runtime.callView(...args),
      options.maxViewRows,
      options.logViewError,
    );
    let secured: SecuredTables | undefined;
    this.tables = new ReadableTables(datastore, this.views, options.system, (tables) => {
      const objects = () => databaseObjects(runtime.def, datastore);
      const tableId = (name: string) => objects().find((object) => object.name === name)?.id;
      return (secured = new SecuredTables(runtime.def, tables, tableId));
    });
    this.#secured = secured as SecuredTables;
    this.#owner = options.owner;
  }

  /** The tables and views that queries of `identity` may name. */
  catalogFor(identity: Identity): SqlCatalog {
    const { views } = this;
    return new SqlCatalog(this.runtime.def, isSame(identity, this.#owner), {
      view: (view) => views.table(view, identity),
      isView: (table) => views.isView(table),
      systemTable,
      secured: (table, catalog) => this.#secured.table(table, identity, catalog),
    });
  }
}

/** `Identity.isEqual` formats both as hex first, which costs more than the rest of a small call. */
export function isSame(a: Identity, b: Identity): boolean {
  return a.__identity__ === b.__identity__;
}
