import type { Identity } from 'spacetimedb';
import type { Datastore } from '../datastore/datastore.ts';
import { SqlCatalog } from '../sql/catalog.ts';
import { Views } from '../views/views.ts';
import type { ModuleRuntime } from './module-runtime.ts';

/** A running program with its tables and views. Publishing another program replaces all of it together. */
export class LoadedModule {
  readonly runtime: ModuleRuntime;
  readonly datastore: Datastore;
  readonly views: Views;
  readonly #owner: Identity;

  /** @param maxViewRows how many rows a view may have when a query first reads it */
  constructor(runtime: ModuleRuntime, datastore: Datastore, owner: Identity, maxViewRows: number) {
    this.runtime = runtime;
    this.datastore = datastore;
    this.views = new Views(runtime.def, datastore, (...args) => runtime.callView(...args), maxViewRows);
    this.#owner = owner;
  }

  /** The tables and views that queries of `identity` may name. */
  catalogFor(identity: Identity): SqlCatalog {
    const { views } = this;
    return new SqlCatalog(this.runtime.def, isSame(identity, this.#owner), {
      table: (view) => views.table(view, identity),
      isView: (table) => views.isView(table),
    });
  }
}

/** `Identity.isEqual` formats both as hex first, which costs more than the rest of a small call. */
export function isSame(a: Identity, b: Identity): boolean {
  return a.__identity__ === b.__identity__;
}
