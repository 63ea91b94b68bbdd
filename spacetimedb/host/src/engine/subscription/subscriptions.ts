import { SqlError } from '../sql/sql-error.ts';
import type { CommittedTransaction } from '../datastore/transaction.ts';
import type { HostUsage } from '../host-usage.ts';
import type { HostLimits } from '../limits.ts';
import { RowListEncoder, encodeRowList } from '../wire/row-list.ts';
import type { QueryRows, QuerySetUpdate, TableUpdateRows } from '../wire/messages.ts';
import { RequestBudget, UNLIMITED, type QueryBudget } from '../sql/budget.ts';
import { compileOneOffQuery, compileSubscription } from '../sql/compile.ts';
import { executeRows, executeTableQuery } from '../sql/execute.ts';
import { isSelectAllTables } from '../sql/select-all.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { SqlCatalog } from '../sql/catalog.ts';
import type { SelectPlan } from '../sql/plan.ts';
import { checkRowLimit, estimateQuery, estimateSubscription, type TableSizes } from '../sql/row-limit.ts';
import type { ReadableTables } from '../views/readable-tables.ts';
import { JoinIndexes } from './join-index.ts';
import { encodeDelta, tableUpdates } from './encode-updates.ts';
import type { LiveQuery } from './live-query.ts';
import { makeLiveQuery } from './make-live-query.ts';
import { QueryDirectory } from './query-directory.ts';
import {
  BYTES_PER_QUERY,
  clientText,
  hasOwner,
  noQuerySets,
  querySetText,
  weightOf,
  type QuerySet,
  type QuerySets,
  type SharedQuery,
  type Subscriber,
} from './query-set.ts';
import { UpdateAllowance } from './update-allowance.ts';

export type { Subscriber } from './query-set.ts';

/** Called when a query set was ended by the database. */
type FailureListener = (subscriber: Subscriber, querySetId: number, error: Error) => void;

interface SubscriptionsOptions {
  /** The tables to read. */
  readonly tables: ReadableTables;
  /** The tables that a subscriber may see. */
  readonly catalogFor: (subscriber: Subscriber) => SqlCatalog;
  readonly limits: HostLimits;
  /** The value of the variable `row_limit`; `undefined` while it is not set. */
  readonly rowLimit: () => bigint | undefined;
  readonly usage: HostUsage;
  /** Called for each query set that was ended because it exceeded a limit. */
  readonly onFailure: FailureListener;
}

/** Errors show only the beginning of a longer statement. */
const MAX_SHOWN_STATEMENT = 50_000;

/** All subscriptions of one database. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #indexes: JoinIndexes;
  readonly #directory = new QueryDirectory<SharedQuery>();
  readonly #shared = new Map<string, SharedQuery>();
  readonly #querySets = new Map<Subscriber, QuerySets>();
  #made = 0;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#indexes = new JoinIndexes(options.tables);
  }

  /**
   * @returns the rows that the query set holds now
   * @throws {SqlError} when the id is in use, or a query is refused or too expensive; nothing is subscribed to then
   */
  add(subscriber: Subscriber, id: number, statements: readonly string[]): QueryRows {
    const catalog = this.#options.catalogFor(subscriber);
    const budget = this.#budgetFor(catalog);
    const querySet = this.#open(subscriber, id, statements, catalog, budget);
    try {
      return this.#rowsOf(
        querySet.queries.map(({ plan }) => plan),
        budget,
      );
    } catch (error) {
      this.#close(querySet);
      throw error;
    }
  }

  /**
   * Ends a query set.
   *
   * @param withRows return the rows of the query set?
   * @throws {SqlError} when there is no query set with this id, or reading its rows is too expensive; it is ended in
   * either case
   */
  remove(subscriber: Subscriber, id: number, withRows: boolean): QueryRows | undefined {
    const ofSubscriber = this.#querySets.get(subscriber);
    const client = clientText(subscriber);
    if (!ofSubscriber) throw new SqlError(`Client not found: ${client}`);
    const querySet = ofSubscriber.byId.get(id);
    if (!querySet) throw new SqlError(`Subscription not found: (${client}, ${querySetText(id)})`);
    try {
      const plans = querySet.queries.map(({ plan }) => plan);
      return withRows ? this.#rowsOf(plans, this.#budgetFor(querySet)) : undefined;
    } finally {
      this.#close(querySet);
    }
  }

  removeAll(subscriber: Subscriber): void {
    for (const querySet of [...(this.#querySets.get(subscriber)?.byId.values() ?? [])]) this.#close(querySet);
    this.#querySets.delete(subscriber);
  }

  /** Runs a query once. @returns the rows of exactly one table @throws {SqlError} */
  queryOnce(subscriber: Subscriber, statement: string): QueryRows {
    const catalog = this.#options.catalogFor(subscriber);
    const budget = this.#budgetFor(catalog);
    try {
      const { plan, relation, table } = compileOneOffQuery(statement, catalog, subscriber.identity);
      this.#checkRowLimit(catalog, (sizes) => [estimateQuery(plan, sizes)]);
      const rows = executeTableQuery(plan, relation, this.#options.tables, budget);
      return { tables: [{ table: table.name, rows: encodeRowList(rows) }] };
    } finally {
      this.#options.tables.dropUnused();
    }
  }

  /** Returns the changes of a transaction for each subscriber that has any. */
  updates(committed: Pick<CommittedTransaction, 'changes'>): Map<Subscriber, QuerySetUpdate[]> {
    const allowance = new UpdateAllowance(this.#options.limits.updateRows, countRows(committed.changes));
    const { changes, failed } = this.#options.tables.follow(committed.changes, (compute) =>
      allowance.spendOnRules(compute),
    );
    this.#indexes.apply(changes);
    const bySubscriber = new Map<Subscriber, Map<QuerySet, [SharedQuery, TableUpdateRows][]>>();
    for (const [query, rows] of this.#changedQueries(changes, failed, allowance)) {
      for (const querySet of query.querySets) {
        const ofSubscriber = bySubscriber.get(querySet.subscriber) ?? new Map<QuerySet, []>();
        bySubscriber.set(querySet.subscriber, ofSubscriber);
        const ofSet = ofSubscriber.get(querySet);
        if (ofSet) ofSet.push([query, rows]);
        else ofSubscriber.set(querySet, [[query, rows]]);
      }
    }
    const updates = new Map<Subscriber, QuerySetUpdate[]>();
    // Clients with the same subscriptions share one object, so it is encoded only once.
    const made = new Map<string, QuerySetUpdate[]>();
    for (const [subscriber, ofSubscriber] of bySubscriber) {
      const sets = [...ofSubscriber].sort(([a], [b]) => a.id - b.id);
      const key = sets
        .map(([{ id }, queries]) => `${id}:${queries.map(([{ order }]) => order).join()}`)
        .join(';');
      const update =
        made.get(key) ??
        sets.map(([{ id }, queries]) => ({ querySetId: { id }, tables: tableUpdates(queries) }));
      made.set(key, update);
      updates.set(subscriber, update);
    }
    return updates;
  }

  /**
   * Moves all subscriptions to tables that have the same rows but may have another schema. Do not use this object
   * afterwards.
   *
   * @param onFailure called for each query set that was ended because the new schema does not allow it
   */
  movedTo(tables: ReadableTables, onFailure: FailureListener): Subscriptions {
    const moved = new Subscriptions({ ...this.#options, tables });
    const querySets = [...this.#querySets.values()].flatMap(({ byId }) => [...byId.values()]);
    for (const querySet of querySets) this.#close(querySet);
    for (const subscriber of this.#querySets.keys()) moved.#querySets.set(subscriber, noQuerySets());
    for (const { subscriber, id, statements } of querySets) {
      try {
        moved.#open(subscriber, id, statements, this.#options.catalogFor(subscriber), UNLIMITED);
      } catch (error) {
        onFailure(subscriber, id, error as Error);
      }
    }
    return moved;
  }

  /** The owner's queries are not limited. @throws {SqlError} */
  #checkRowLimit(
    { isOwner }: { readonly isOwner: boolean },
    estimate: (sizes: TableSizes) => readonly number[],
  ): void {
    const limit = isOwner ? undefined : this.#options.rowLimit();
    if (limit !== undefined) checkRowLimit(estimate(this.#options.tables), limit);
  }

  #budgetFor({ isOwner }: { readonly isOwner: boolean }): QueryBudget {
    return isOwner ? UNLIMITED : new RequestBudget(this.#options.limits);
  }

  #open(
    subscriber: Subscriber,
    id: number,
    statements: readonly string[],
    catalog: SqlCatalog,
    budget: QueryBudget,
  ): QuerySet {
    const ofSubscriber = this.#querySets.get(subscriber) ?? noQuerySets();
    const { isOwner } = catalog;
    const { queriesPerConnection } = this.#options.limits;
    const texts = expand(statements, catalog);
    // An empty query set uses memory too.
    const weight = Math.max(1, texts.reduce((sum, text) => sum + weightOf(text), 0)); // prettier-ignore
    if (!isOwner && ofSubscriber.weight + weight > queriesPerConnection) {
      throw new SqlError(
        `A connection may subscribe to ${queriesPerConnection} queries (limit queriesPerConnection); ` +
          `a query counts once per ${BYTES_PER_QUERY} bytes of its text`,
      );
    }
    const queries = this.#share(subscriber, texts, catalog, budget);
    if (ofSubscriber.byId.has(id)) {
      this.#dropUnused(queries);
      throw new SqlError(
        `Subscription with id ${querySetText(id)} already exists for client: ${clientText(subscriber)}`,
      );
    }
    const querySet = { id, order: this.#made++, subscriber, isOwner, statements, queries, weight };
    for (const query of queries) query.querySets.add(querySet);
    ofSubscriber.byId.set(id, querySet);
    ofSubscriber.weight += weight;
    this.#querySets.set(subscriber, ofSubscriber);
    return querySet;
  }

  #close(querySet: QuerySet): void {
    const ofSubscriber = this.#querySets.get(querySet.subscriber);
    if (ofSubscriber?.byId.get(querySet.id) !== querySet) return;
    ofSubscriber.byId.delete(querySet.id);
    ofSubscriber.weight -= querySet.weight;
    for (const query of querySet.queries) query.querySets.delete(querySet);
    this.#dropUnused(querySet.queries);
  }

  /** Compiles the statements, merges equal ones and reuses existing queries. */
  #share(
    subscriber: Subscriber,
    texts: readonly string[],
    catalog: SqlCatalog,
    budget: QueryBudget,
  ): SharedQuery[] {
    const found = new Map<string, SharedQuery>();
    const made: SelectPlan[] = [];
    try {
      for (const text of texts) {
        const plan = this.#compile(text, catalog, subscriber);
        const tables = tablesOf(plan);
        const isPersonal = plan.usesSender || tables.some((table) => this.#options.tables.isPersonal(table));
        const key = isPersonal ? `${subscriber.identity.toHexString()} ${text}` : text;
        if (found.has(key)) continue;
        const known = this.#shared.get(key);
        if (!known) made.push(plan);
        found.set(key, known ?? this.#make(key, plan, tables, weightOf(text), catalog, budget));
      }
      // As on the real server, queries that already have a subscriber are not counted.
      this.#checkRowLimit(catalog, (sizes) => made.map((plan) => estimateSubscription(plan, sizes)));
    } catch (error) {
      this.#dropUnused([...found.values()]);
      throw error;
    }
    return [...found.values()];
  }

  #make(
    key: string,
    plan: SelectPlan,
    tables: readonly TableDef[],
    weight: number,
    { isOwner }: SqlCatalog,
    budget: QueryBudget,
  ): SharedQuery {
    const { usage, limits } = this.#options;
    if (!isOwner && usage.liveQueries + weight > limits.queriesPerHost) {
      throw new SqlError(
        `The host already has ${limits.queriesPerHost} different subscribed queries ` +
          '(limit queriesPerHost); try again later',
      );
    }
    const live = this.#follow(plan, tables, budget);
    const query = { key, order: this.#made++, plan, live, tables, weight, querySets: new Set<QuerySet>() };
    usage.liveQueries += weight;
    this.#shared.set(key, query);
    this.#directory.add(query);
    return query;
  }

  /** @throws {SqlError} when following the tables exceeds `budget`; none is followed then */
  #follow(plan: SelectPlan, tables: readonly TableDef[], budget: QueryBudget): LiveQuery {
    const retained: TableDef[] = [];
    try {
      for (const table of tables) {
        this.#options.tables.retain(table, budget);
        retained.push(table);
      }
      return makeLiveQuery(plan, this.#indexes, budget);
    } catch (error) {
      for (const table of retained) this.#options.tables.release(table);
      throw error;
    }
  }

  /** Returns the query sets that read any of these tables, with the error for their clients. */
  #queriesOf(tables: ReadonlyMap<TableDef, SqlError>): Map<QuerySet, SqlError> {
    const found = new Map<QuerySet, SqlError>();
    if (tables.size === 0) return found;
    for (const query of this.#shared.values()) {
      const error = query.tables.map((table) => tables.get(table)).find((each) => each !== undefined);
      if (error) for (const querySet of query.querySets) found.set(querySet, error);
    }
    return found;
  }

  #dropUnused(queries: readonly SharedQuery[]): void {
    const { tables, usage } = this.#options;
    for (const query of queries) {
      if (query.querySets.size > 0) continue;
      this.#shared.delete(query.key);
      this.#directory.remove(query);
      query.live.close();
      usage.liveQueries -= query.weight;
      for (const table of query.tables) tables.release(table);
    }
    tables.dropUnused();
  }

  /** @throws {SqlError} that contains the statement, because a set may have several */
  #compile(statement: string, catalog: SqlCatalog, { identity }: Subscriber): SelectPlan {
    try {
      const plan = compileSubscription(statement, catalog, identity);
      for (const table of tablesOf(plan)) {
        const problem = this.#options.tables.subscriptionProblem(table);
        if (problem) throw problem;
      }
      return plan;
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      const shown = statement.length > MAX_SHOWN_STATEMENT ? `${statement.slice(0, 120)}...` : statement;
      throw new SqlError(`${error.message}, executing: \`${shown}\``, { cause: error });
    }
  }

  #rowsOf(plans: readonly SelectPlan[], budget: QueryBudget): QueryRows {
    const { tables } = this.#options;
    const results = plans
      // Like the real server, which skips queries with an empty table. Event tables are always empty.
      .filter(({ table, join }) => tables.hasRows(table) && (!join || tables.hasRows(join.table)))
      .map((plan) => ({ table: plan.table.name, rows: [...executeRows(plan, tables, budget)] }));
    // Encoded last, so a result that is too large is never built.
    return { tables: results.map(({ table, rows }) => ({ table, rows: encodeRowList(rows) })) };
  }

  /** Returns the delta of each changed query, encoded once for all subscribers. */
  #changedQueries(
    changes: CommittedTransaction['changes'],
    failedTables: ReadonlyMap<TableDef, SqlError>,
    allowance: UpdateAllowance,
  ): Map<SharedQuery, TableUpdateRows> {
    const failed = this.#queriesOf(failedTables);
    const concerned = [...this.#directory.concernedBy(changes)].sort((a, b) => a.order - b.order);
    const encoder = new RowListEncoder();
    const changed = new Map<SharedQuery, TableUpdateRows>();
    for (const query of concerned) {
      try {
        const isLimited = !hasOwner(query);
        const delta = allowance.spend(isLimited, (budget) => query.live.delta(changes, budget));
        if (delta) changed.set(query, encodeDelta(query.live.table, delta, encoder));
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        for (const querySet of query.querySets) failed.set(querySet, error);
      }
    }
    for (const [querySet, error] of failed) {
      this.#close(querySet);
      this.#options.onFailure(querySet.subscriber, querySet.id, error);
    }
    return changed;
  }
}

/** Expands `SELECT * FROM *` into its queries, which come first. */
function expand(statements: readonly string[], catalog: SqlCatalog): string[] {
  const own = statements.filter((statement) => !isSelectAllTables(statement));
  const all = own.length < statements.length ? catalog.selectAllTables() : [];
  return [...all, ...own.map((statement) => statement.trim())];
}

function tablesOf({ table, join }: SelectPlan): TableDef[] {
  return join ? [table, join.table] : [table];
}

function countRows(changes: CommittedTransaction['changes']): number {
  return changes.reduce((sum, { inserts, deletes }) => sum + inserts.length + deletes.length, 0);
}
