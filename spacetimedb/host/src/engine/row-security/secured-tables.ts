import type { Identity } from 'spacetimedb';
import type { Row } from '../datastore/row.ts';
import type { IndexRange } from '../datastore/table-index.ts';
import type { TableChange } from '../datastore/transaction.ts';
import type { IndexDef, ModuleDef, TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from '../sql/budget.ts';
import type { SqlCatalog } from '../sql/catalog.ts';
import { compileRule } from '../sql/compile.ts';
import { SqlError } from '../sql/sql-error.ts';
import type { Selection } from '../sql/plan.ts';
import { JoinIndexes } from '../subscription/join-index.ts';
import { QueryDirectory } from '../subscription/query-directory.ts';
import type { FollowedChanges, PartialTables, ReadableTables, Spend } from '../views/readable-tables.ts';
import { rulesByTable } from './rules.ts';
import { SecuredTable } from './secured-table.ts';

/** A secured table that a query uses. */
interface Used {
  readonly key: string;
  readonly secured: SecuredTable;
  /** The secured tables that its rules name have lower levels. */
  readonly level: number;
  /** Number of subscribed queries, and of rules of followed tables, that read it. */
  users: number;
  /** The selections by which the directory of followed tables finds this one. */
  live: { readonly sides: readonly Selection[] };
}

/**
 * The tables with row-level security, as callers other than the owner see them. A rule sees all rows of its own table;
 * it sees the other tables that it names as the caller does, under their own rules.
 */
export class SecuredTables implements PartialTables {
  readonly #rules: ReadonlyMap<string, readonly string[]>;
  readonly #source: ReadableTables;
  readonly #tableId: (name: string) => number | undefined;
  readonly #indexes: JoinIndexes;
  readonly #directory = new QueryDirectory<Used>();
  readonly #byKey = new Map<string, Used>();
  readonly #byDef = new Map<TableDef, Used>();
  /** The tables whose rules are being compiled. */
  readonly #resolving: string[] = [];

  /**
   * @param source the rows of all tables
   * @param tableId the id of a table in `st_table`, for errors
   */
  constructor(def: ModuleDef, source: ReadableTables, tableId: (name: string) => number | undefined) {
    this.#rules = rulesByTable(def);
    this.#source = source;
    this.#tableId = tableId;
    this.#indexes = new JoinIndexes(source);
  }

  /**
   * Returns the table that replaces `base` in queries of `sender`; `base` itself when it has no rules.
   *
   * @param catalog what `sender` may name
   * @throws {SqlError} when a rule names a table that `sender` may not see, or rules depend on each other in a circle
   */
  table(base: TableDef, sender: Identity, catalog: SqlCatalog): TableDef {
    const rules = this.#rules.get(base.name);
    if (!rules) return base;
    const key = `${base.name} ${sender.toHexString()}`;
    const known = this.#byKey.get(key);
    if (known?.secured.base === base) return known.secured.def;
    if (this.#resolving.includes(base.name)) {
      const id = this.#tableId(base.name);
      throw new SqlError(
        `Discovered cyclic dependency when resolving RLS rules for table id \`${id ?? base.name}\``,
      );
    }
    this.#resolving.push(base.name);
    try {
      return this.#make(key, base, rules, sender, catalog).secured.def;
    } finally {
      this.#resolving.pop();
    }
  }

  behind(table: TableDef): TableDef | undefined {
    return this.#byDef.get(table)?.secured.base;
  }

  subscriptionProblem(table: TableDef): SqlError | undefined {
    const used = this.#byDef.get(table);
    if (!used) return undefined;
    const { secured } = used;
    return (
      secured.subscriptionProblem ??
      secured.others.map((other) => this.subscriptionProblem(other)).find((problem) => problem !== undefined)
    );
  }

  scan(table: TableDef, budget: QueryBudget): Iterable<Row> {
    const { secured } = this.#used(table);
    return secured.visible(this.#source.scan(secured.base, budget), budget);
  }

  seek(table: TableDef, index: IndexDef, range: IndexRange, budget: QueryBudget): Iterable<Row> {
    const { secured } = this.#used(table);
    return secured.visible(this.#source.seek(secured.base, index, range, budget), budget);
  }

  retain(table: TableDef, budget: QueryBudget): void {
    const used = this.#used(table);
    if (used.users === 0) this.#follow(used, budget);
    used.users++;
  }

  release(table: TableDef): void {
    const used = this.#used(table);
    used.users--;
    if (used.users === 0) this.#unfollow(used);
  }

  dropUnused(): void {
    for (const { key, secured, users } of this.#byKey.values()) {
      if (users > 0) continue;
      this.#byKey.delete(key);
      this.#byDef.delete(secured.def);
    }
  }

  follow(changes: readonly TableChange[], spend: Spend): FollowedChanges {
    const all = [...changes];
    const failed = new Map<TableDef, SqlError>();
    this.#indexes.apply(changes);
    const concerned = this.#directory.concernedBy(changes);
    for (let level = 0; concerned.size > 0; level++) {
      const made: TableChange[] = [];
      for (const used of concerned) {
        if (used.level !== level) continue;
        concerned.delete(used);
        try {
          const change = spend((budget) => used.secured.delta(all, budget));
          if (change) made.push(change);
        } catch (error) {
          if (!(error instanceof SqlError)) throw error;
          this.#fail(used.secured.def, error, failed);
        }
      }
      all.push(...made);
      this.#indexes.apply(made);
      for (const used of this.#directory.concernedBy(made)) concerned.add(used);
    }
    return { changes: all, failed };
  }

  #make(key: string, base: TableDef, rules: readonly string[], sender: Identity, catalog: SqlCatalog): Used {
    const forRules = {
      typespace: catalog.typespace,
      isView: (table: TableDef) => catalog.isView(table),
      table: (name: string) => {
        const found = catalog.unsecured(name);
        return found?.name === base.name ? base : catalog.table(name);
      },
    };
    const plans = rules.map((sql) => compileRule(sql, forRules, sender));
    const secured = new SecuredTable(base, plans, this.#source, catalog.typespace);
    const levels = secured.others.map((other) => this.#byDef.get(other)?.level ?? -1);
    const used = { key, secured, level: Math.max(-1, ...levels) + 1, users: 0, live: { sides: [] } };
    this.#byKey.set(key, used);
    this.#byDef.set(secured.def, used);
    return used;
  }

  #used(table: TableDef): Used {
    const used = this.#byDef.get(table);
    if (!used) throw new RangeError(`${table.name} has no rules`);
    return used;
  }

  #follow(used: Used, budget: QueryBudget): void {
    const { secured } = used;
    const retained: TableDef[] = [];
    try {
      for (const table of [secured.base, ...secured.others]) {
        this.#source.retain(table, budget);
        retained.push(table);
      }
      secured.follow(this.#indexes, budget);
    } catch (error) {
      for (const table of retained) this.#source.release(table);
      throw error;
    }
    used.live = { sides: secured.sides };
    this.#directory.add(used);
  }

  #unfollow(used: Used): void {
    const { secured } = used;
    this.#directory.remove(used);
    secured.unfollow();
    for (const table of [secured.base, ...secured.others]) this.#source.release(table);
  }

  /** If the changes of a table are unknown, so are those of the tables whose rules name it. */
  #fail(table: TableDef, error: SqlError, failed: Map<TableDef, SqlError>): void {
    failed.set(table, error);
    for (const { secured } of this.#byKey.values()) {
      if (!failed.has(secured.def) && secured.others.includes(table)) this.#fail(secured.def, error, failed);
    }
  }
}
