import type { Identity } from 'spacetimedb';
import { SqlError } from '../database-api.ts';
import type { CommittedTransaction } from '../datastore/transaction.ts';
import { encodeRowList } from '../protocol/row-list.ts';
import type { QueryRows, QuerySetUpdate, TableUpdate, TableUpdateRows } from '../protocol/messages.ts';
import { compileSubscription } from '../sql/compile.ts';
import { isSelectAllTables } from '../sql/select-all.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { SqlCatalog } from '../sql/catalog.ts';
import type { SelectPlan } from '../sql/plan.ts';
import type { Views } from '../views/views.ts';
import { makeLiveQuery, type LiveQuery } from './live-query.ts';

/** Who subscribes: the same object for all subscriptions of one connection. */
export interface Subscriber {
  readonly identity: Identity;
}

/** A client used an id that it has in use already: the real server closes the connection over it. */
class DuplicateQuerySetError extends Error {
  override readonly name = 'DuplicateQuerySetError';
}

interface SharedQuery {
  readonly key: string;
  readonly live: LiveQuery;
  /** Those that it reads, views among them. */
  readonly tables: readonly TableDef[];
  users: number;
}

interface QuerySet {
  readonly id: number;
  readonly statements: readonly string[];
  readonly queries: readonly SharedQuery[];
}

/** Everything that is subscribed to in one database. */
export class Subscriptions {
  readonly #views: Views;
  readonly #catalogFor: (subscriber: Subscriber) => SqlCatalog;
  readonly #shared = new Map<string, SharedQuery>();
  readonly #querySets = new Map<Subscriber, Map<number, QuerySet>>();

  /**
   * @param views where the rows come from, those of tables too
   * @param catalogFor the tables that a subscriber may see
   */
  constructor(views: Views, catalogFor: (subscriber: Subscriber) => SqlCatalog) {
    this.#views = views;
    this.#catalogFor = catalogFor;
  }

  /**
   * @returns the rows that the query set holds now
   * @throws {SqlError} when a query is refused: none of the set is subscribed to then
   * @throws {DuplicateQuerySetError}
   */
  add(subscriber: Subscriber, id: number, statements: readonly string[]): QueryRows {
    const ofSubscriber = this.#querySets.get(subscriber) ?? new Map<number, QuerySet>();
    if (ofSubscriber.has(id)) throw new DuplicateQuerySetError(`the query set id ${id} is in use already`);
    const queries = this.#share(subscriber, statements);
    for (const query of queries) query.users++;
    ofSubscriber.set(id, { id, statements, queries });
    this.#querySets.set(subscriber, ofSubscriber);
    return rowsOf(queries);
  }

  /** @returns the rows that the query set held, or `undefined` when there is none with this id */
  remove(subscriber: Subscriber, id: number): QueryRows | undefined {
    const ofSubscriber = this.#querySets.get(subscriber);
    const querySet = ofSubscriber?.get(id);
    if (!ofSubscriber || !querySet) return undefined;
    const rows = rowsOf(querySet.queries);
    ofSubscriber.delete(id);
    this.#release(querySet);
    return rows;
  }

  removeAll(subscriber: Subscriber): void {
    for (const querySet of this.#querySets.get(subscriber)?.values() ?? []) this.#release(querySet);
    this.#querySets.delete(subscriber);
  }

  /** The rows that a query returns now, for a client that asks once. @throws {SqlError} */
  queryOnce(subscriber: Subscriber, statement: string): QueryRows {
    const queries = this.#share(subscriber, [statement]);
    const rows = rowsOf(queries);
    this.#dropUnused(queries);
    return rows;
  }

  /** What a transaction changes for each subscriber. Those for whom it changes nothing are left out. */
  updates(committed: Pick<CommittedTransaction, 'changes'>): Map<Subscriber, QuerySetUpdate[]> {
    const updates = new Map<Subscriber, QuerySetUpdate[]>();
    const changed = this.#changedQueries(committed);
    if (changed.size === 0) return updates;
    for (const [subscriber, querySets] of this.#querySets) {
      const ofSubscriber: QuerySetUpdate[] = [];
      for (const { id, queries } of querySets.values()) {
        const tables = tableUpdates(queries, changed);
        if (tables.length > 0) ofSubscriber.push({ querySetId: { id }, tables });
      }
      if (ofSubscriber.length > 0) updates.set(subscriber, ofSubscriber);
    }
    return updates;
  }

  /**
   * The same subscriptions over tables whose rows are the same but whose schema may differ.
   *
   * @param onFailure told of each query set that the new schema no longer allows, which ends it
   */
  movedTo(
    views: Views,
    onFailure: (subscriber: Subscriber, querySetId: number, error: Error) => void,
  ): Subscriptions {
    const moved = new Subscriptions(views, this.#catalogFor);
    for (const [subscriber, querySets] of this.#querySets) {
      for (const { id, statements } of querySets.values()) {
        try {
          moved.add(subscriber, id, statements);
        } catch (error) {
          onFailure(subscriber, id, error as Error);
        }
      }
    }
    return moved;
  }

  /** Compiles the statements; equal ones collapse, and those that somebody has subscribed to are reused. */
  #share(subscriber: Subscriber, statements: readonly string[]): SharedQuery[] {
    const catalog = this.#catalogFor(subscriber);
    const expanded = statements.flatMap((statement) =>
      isSelectAllTables(statement) ? catalog.selectAllTables() : [statement],
    );
    const found = new Map<string, SharedQuery>();
    const fresh: SharedQuery[] = [];
    for (const statement of expanded) {
      const plan = this.#compile(statement, catalog, subscriber);
      const tables = plan.join ? [plan.table, plan.join.table] : [plan.table];
      const isPersonal = plan.usesSender || tables.some((table) => this.#views.isPersonal(table));
      const key = isPersonal ? `${subscriber.identity.toHexString()} ${statement}` : statement;
      const query = this.#shared.get(key) ?? found.get(key);
      if (query) {
        found.set(key, query);
        continue;
      }
      const made = { key, live: makeLiveQuery(plan, this.#views), tables, users: 0 };
      found.set(key, made);
      fresh.push(made);
    }
    for (const query of fresh) {
      this.#shared.set(query.key, query);
      for (const table of query.tables) this.#views.retain(table);
    }
    return [...found.values()];
  }

  /** @throws {SqlError} that names the statement, as a set may have several */
  #compile(statement: string, catalog: SqlCatalog, { identity }: Subscriber): SelectPlan {
    try {
      return compileSubscription(statement, catalog, identity);
    } catch (error) {
      this.#views.dropUnused();
      if (!(error instanceof SqlError)) throw error;
      throw new SqlError(`${error.message}, executing: \`${statement}\``, { cause: error });
    }
  }

  #release(querySet: QuerySet): void {
    for (const query of querySet.queries) query.users--;
    this.#dropUnused(querySet.queries);
  }

  #dropUnused(queries: readonly SharedQuery[]): void {
    for (const { key, users, tables } of queries) {
      if (users > 0) continue;
      this.#shared.delete(key);
      for (const table of tables) this.#views.release(table);
    }
    this.#views.dropUnused();
  }

  /** Each changed query's delta, encoded once for all who subscribe to it. */
  #changedQueries(committed: Pick<CommittedTransaction, 'changes'>): Map<SharedQuery, TableUpdateRows> {
    const changedTables = new Set(committed.changes.map(({ table }) => table.def.name));
    const changed = new Map<SharedQuery, TableUpdateRows>();
    for (const query of this.#shared.values()) {
      if (!query.live.dependsOn.some((table) => changedTables.has(table))) continue;
      const delta = query.live.delta(committed);
      if (!delta) continue;
      const inserts = encodeRowList(delta.inserts);
      const rows: TableUpdateRows = query.live.table.isEvent
        ? { tag: 'EventTable', value: { events: inserts } }
        : { tag: 'PersistentTable', value: { inserts, deletes: encodeRowList(delta.deletes) } };
      changed.set(query, rows);
    }
    return changed;
  }
}

function rowsOf(queries: readonly SharedQuery[]): QueryRows {
  const tables = [];
  for (const { live } of queries) {
    // Those who come to an event table are told what happens from now on, not what happened.
    const rows = live.table.isEvent ? [] : live.rows();
    if (rows.length > 0) tables.push({ table: live.table.name, rows: encodeRowList(rows) });
  }
  return { tables };
}

function tableUpdates(
  queries: readonly SharedQuery[],
  changed: ReadonlyMap<SharedQuery, TableUpdateRows>,
): TableUpdate[] {
  const byTable = new Map<string, TableUpdateRows[]>();
  for (const query of queries) {
    const rows = changed.get(query);
    if (!rows) continue;
    const ofTable = byTable.get(query.live.table.name);
    if (ofTable) ofTable.push(rows);
    else byTable.set(query.live.table.name, [rows]);
  }
  return [...byTable].map(([tableName, rows]) => ({ tableName, rows }));
}
