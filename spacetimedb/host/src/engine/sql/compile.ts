/** Compiles SQL text to plans. */
import type { AlgebraicType, Identity } from 'spacetimedb';
import { SqlError } from './sql-error.ts';
import { withoutReferences } from '../sats/type-shape.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { TableCatalog } from './catalog.ts';
import { Checker, type TypedExpr, type TypedSelect } from './check.ts';
import { compileDelete, compileInsert, compileSet, compileUpdate, checkVariable } from './compile-dml.ts';
import { makeSelection } from './lookup.ts';
import type {
  JoinStep,
  QueryOutput,
  QueryPlan,
  ResultColumn,
  SelectPlan,
  Selection,
  Statement,
} from './plan.ts';
import { compileTuplePredicate, conjuncts, keyMaker, relationsOf } from './predicate.ts';
import { parseStatementSyntax, parseSubscriptionSyntax, type SqlSelect } from './restrict.ts';
import { checkSubscriptionJoin, compileJoin } from './subscription-join.ts';

const MAX_SQL_BYTES = 50_000;

/**
 * Compiles a subscription: a SELECT that returns whole rows of one table, optionally joined with one other table.
 * @param sql one statement of at most 50,000 bytes; `SELECT * FROM *` is not supported here
 * @param sender the value of `:sender`
 * @throws {SqlError} when the server would refuse it, with the server's message (without its `, executing: …`)
 */
export function compileSubscription(sql: string, catalog: TableCatalog, sender: Identity): SelectPlan {
  if (sql.trim() === '') throw new SqlError('SubscriptionError: Empty string');
  checkLength(sql);
  const select = new Checker(catalog, sender).select(parseSubscriptionSyntax(sql));
  const relation = returnedRelation(select);
  checkSubscriptionJoin(select);
  return planSelect(select, relation);
}

/** A rule of row-level security: a query that returns the rows which a caller may see. */
export interface RulePlan {
  /** The query's plan, if it reads one table, or joins two of them by a column of each. */
  readonly select: SelectPlan | undefined;
  readonly query: QueryPlan;
  /** Position in `query.relations` of the table with the rules. */
  readonly relation: number;
  /** Why the server refuses to subscribe to the table; `undefined` when it does not. */
  readonly subscriptionProblem: SqlError | undefined;
}

/**
 * Compiles a rule of row-level security. Outside of subscriptions it may join any number of tables.
 *
 * @param sql one statement of at most 50,000 bytes
 * @param sender the value of `:sender`
 * @throws {SqlError} when the server would refuse it, with the server's message
 */
export function compileRule(sql: string, catalog: TableCatalog, sender: Identity): RulePlan {
  checkLength(sql);
  const select = new Checker(catalog, sender).select(parseSubscriptionSyntax(sql));
  const relation = returnedRelation(select);
  const plan = planSelect(select, relation);
  return {
    select: select.relations.length === 1 || plan.join ? plan : undefined,
    query: planQuery(select, catalog),
    relation,
    subscriptionProblem: problemOf(() => checkSubscriptionJoin(select)),
  };
}

/** @returns the error that `check` throws */
function problemOf(check: () => void): SqlError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
}

function planSelect(select: TypedSelect, relation: number): SelectPlan {
  const { selections, residual } = splitWhere(select);
  const selection = selections[relation] as Selection;
  const join = compileJoin(select, relation, selections, residual);
  return { ...selection, usesSender: select.usesSender, join };
}

/**
 * Compiles a statement outside of subscriptions. Does not check whether the caller may change rows.
 * @param sql one statement of at most 50,000 bytes
 * @param sender the value of `:sender`
 * @throws {SqlError} when the server would refuse it, with the server's message
 */
export function compileStatement(sql: string, catalog: TableCatalog, sender: Identity): Statement {
  checkLength(sql);
  const statement = parseStatementSyntax(sql);
  switch (statement.kind) {
    case 'select':
      return {
        kind: 'select',
        plan: planQuery(new Checker(catalog, sender).select(statement.select), catalog),
      };
    case 'insert':
      return compileInsert(statement, catalog);
    case 'update':
      return compileUpdate(statement, catalog, sender);
    case 'delete':
      return compileDelete(statement, catalog, sender);
    case 'set':
      return compileSet(statement);
    case 'show':
      return {
        kind: 'select',
        plan: planQuery(new Checker(catalog, sender).select(selectVariable(statement.variable)), catalog),
      };
  }
}

/**
 * Compiles a one-off query. The language is that of subscriptions, but joins need no indexes.
 *
 * @param sql one statement of at most 50,000 bytes
 * @param sender the value of `:sender`
 * @throws {SqlError} when the server would refuse it, with the server's message
 */
export function compileOneOffQuery(
  sql: string,
  catalog: TableCatalog,
  sender: Identity,
): { readonly plan: QueryPlan; readonly relation: number; readonly table: TableDef } {
  checkLength(sql);
  const select = new Checker(catalog, sender).select(parseSubscriptionSyntax(sql));
  const relation = returnedRelation(select);
  const table = select.relations[relation]?.table as TableDef;
  return { plan: planQuery(select, catalog), relation, table };
}

/** Returns the table whose rows a query returns. @throws {SqlError} when it does not return whole rows */
function returnedRelation({ projection }: TypedSelect): number {
  if (projection.kind === 'table') return projection.relation;
  throw new SqlError(
    'Column projections are not supported in subscriptions; Subscriptions must return a table type',
  );
}

/** `SHOW name` is `SELECT value FROM st_var WHERE name = 'name'`. */
function selectVariable(variable: string): SqlSelect {
  const column = (name: string) => ({ kind: 'column', table: undefined, name }) as const;
  const name = { kind: 'literal', literal: { kind: 'string', value: checkVariable(variable) } } as const;
  return {
    projection: { kind: 'columns', columns: [{ column: column('value'), alias: 'value' }] },
    from: { table: 'st_var', alias: 'st_var' },
    joins: [],
    where: { kind: 'compare', operator: '=', left: column('name'), right: name },
    limit: undefined,
  };
}

function checkLength(sql: string): void {
  // Characters are checked first, so that a text of many megabytes is not encoded just to be refused.
  if (sql.length <= MAX_SQL_BYTES && new TextEncoder().encode(sql).length <= MAX_SQL_BYTES) return;
  const beginning = [...sql.slice(0, 240)].slice(0, 120).join('');
  throw new SqlError(`SQL query exceeds maximum allowed length: "${beginning}..."`);
}

/** Splits WHERE into conditions on each table alone, and the rest. */
function splitWhere({ relations, where }: TypedSelect): {
  readonly selections: readonly Selection[];
  readonly residual: readonly TypedExpr[];
} {
  const own: TypedExpr[][] = relations.map(() => []);
  const residual: TypedExpr[] = [];
  for (const condition of conjuncts(where)) {
    const mentioned = [...relationsOf(condition)];
    // A condition without any column belongs to the first table.
    const list = mentioned.length > 1 ? residual : own[mentioned[0] ?? 0];
    list?.push(condition);
  }
  const selections = relations.map(({ table }, position) => makeSelection(table, own[position] ?? []));
  return { selections, residual };
}

function planQuery(select: TypedSelect, catalog: TableCatalog): QueryPlan {
  const { selections, residual } = splitWhere(select);
  const steps = select.joins.map((on, i) => planJoin(on, i + 1));
  const conditions = [...residual, ...steps.flatMap(({ condition }) => condition ?? [])];
  return {
    relations: selections,
    joins: steps.map(({ step }) => step),
    residual: conditions.length > 0 ? compileTuplePredicate(conditions) : undefined,
    output: planOutput(select),
    columns: resultColumns(select, catalog),
    limit: select.limit === undefined ? undefined : Number(select.limit),
    usesSender: select.usesSender,
  };
}

/**
 * A join's condition finds the next table's rows. A condition that does not mention that table is an ordinary filter.
 */
function planJoin(
  on: TypedSelect['joins'][number],
  next: number,
): { readonly step: JoinStep; readonly condition?: TypedExpr } {
  if (on === undefined) return { step: { on: undefined } };
  const [before, own] = on.left.relation === next ? [on.right, on.left] : [on.left, on.right];
  if (own.relation !== next || before.relation === next) {
    const condition: TypedExpr = { kind: 'compare', operator: '=', left: on.left, right: on.right };
    return { step: { on: undefined }, condition };
  }
  const { relation, column } = before;
  return { step: { on: { relation, column, nextColumn: own.column, key: keyMaker(own.type) } } };
}

function planOutput({ projection }: TypedSelect): QueryOutput {
  switch (projection.kind) {
    case 'table':
      return { kind: 'rows', relation: projection.relation };
    case 'columns':
      return { kind: 'columns', columns: projection.columns.map(({ column }) => column) };
    case 'count':
      return { kind: 'count' };
  }
}

function resultColumns(
  { projection, relations }: TypedSelect,
  catalog: TableCatalog,
): readonly ResultColumn[] {
  switch (projection.kind) {
    case 'table':
      return (relations[projection.relation]?.table.columns ?? []).map(({ name, type }) => ({
        name,
        type: withoutReferences(type, catalog.typespace),
      }));
    case 'columns':
      return projection.columns.map(({ name, column }) => ({ name, type: column.type }));
    case 'count': {
      const type: AlgebraicType = { tag: 'U64' };
      return [{ name: projection.name, type }];
    }
  }
}
