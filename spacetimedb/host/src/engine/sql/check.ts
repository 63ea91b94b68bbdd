/** Resolves names and types: from syntax to its meaning in one database (`crates/expr/src`). */
import type { AlgebraicType, Identity } from 'spacetimedb';
import { SqlError } from './sql-error.ts';
import type { ColumnDef, TableDef } from '../schema/module-def.ts';
import { isBytes, specialField, withoutReferences } from '../sats/type-shape.ts';
import { typeText } from '../sats/type-text.ts';
import type { TableCatalog } from './catalog.ts';
import { parseLiteral } from './literals.ts';
import type { ColumnName, CompareOperator, SqlExpr, SqlSelect } from './restrict.ts';
import type { Literal } from './syntax.ts';

const BOOL: AlgebraicType = { tag: 'Bool' };
const U64: AlgebraicType = { tag: 'U64' };
const IDENTITY: AlgebraicType = {
  tag: 'Product',
  value: { elements: [{ name: '__identity__', algebraicType: { tag: 'U256' } }] },
};

/** Each table in FROM adds a level of recursion in the executor. The real server has no such limit. */
const MAX_RELATIONS = 64;

/** A table in FROM. */
export interface Relation {
  readonly table: TableDef;
  readonly alias: string;
}

export interface TypedColumn {
  readonly kind: 'column';
  /** Position of the table in FROM. */
  readonly relation: number;
  /** Position of the column in the table. */
  readonly column: number;
  readonly type: AlgebraicType;
}

export type TypedExpr =
  | { readonly kind: 'value'; readonly value: unknown; readonly type: AlgebraicType }
  | TypedColumn
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: TypedExpr;
      readonly right: TypedExpr;
    }
  | { readonly kind: 'and' | 'or'; readonly left: TypedExpr; readonly right: TypedExpr };

export type TypedProjection =
  /** All columns of one table. */
  | { readonly kind: 'table'; readonly relation: number }
  | {
      readonly kind: 'columns';
      readonly columns: readonly { readonly name: string; readonly column: TypedColumn }[];
    }
  | { readonly kind: 'count'; readonly name: string };

export interface TypedSelect {
  readonly relations: readonly Relation[];
  /** The condition of the join with the next relation; `undefined` for a cross join. */
  readonly joins: readonly ({ readonly left: TypedColumn; readonly right: TypedColumn } | undefined)[];
  readonly where: TypedExpr | undefined;
  readonly projection: TypedProjection;
  readonly limit: bigint | undefined;
  readonly usesSender: boolean;
}

/** Checks expressions against the tables in scope. */
export class Checker {
  usesSender = false;
  readonly #catalog: TableCatalog;
  readonly #sender: Identity;
  readonly #relations: Relation[] = [];

  /** @param sender the value of `:sender` */
  constructor(catalog: TableCatalog, sender: Identity) {
    this.#catalog = catalog;
    this.#sender = sender;
  }

  /** @throws {SqlError} when a name is unknown or types do not match */
  select(select: SqlSelect): TypedSelect {
    if (select.joins.length >= MAX_RELATIONS) {
      throw new SqlError(`A query joins at most ${MAX_RELATIONS} tables`);
    }
    this.addRelation(select.from.table, select.from.alias);
    const joins: TypedSelect['joins'][number][] = [];
    for (const { relation, on } of select.joins) {
      if (this.#relations.some(({ alias }) => alias === relation.alias)) {
        throw new SqlError(`Duplicate name \`${relation.alias}\``);
      }
      this.addRelation(relation.table, relation.alias);
      joins.push(on === undefined ? undefined : this.#joinCondition(on.left, on.right));
    }
    const where = select.where === undefined ? undefined : this.condition(select.where);
    return {
      relations: this.#relations,
      joins,
      where,
      projection: this.#projection(select),
      limit: select.limit === undefined ? undefined : (readLiteral(select.limit, U64) as bigint),
      usesSender: this.usesSender,
    };
  }

  /** Adds a table to the scope. */
  addRelation(name: string, alias: string): TableDef {
    const table = findTable(this.#catalog, name);
    this.#relations.push({ table, alias });
    return table;
  }

  /** Checks the condition of a WHERE clause. */
  condition(expr: SqlExpr): TypedExpr {
    return this.#expr(expr, BOOL);
  }

  columnType(column: ColumnDef): AlgebraicType {
    return withoutReferences(column.type, this.#catalog.typespace);
  }

  #joinCondition(left: ColumnName, right: ColumnName): { left: TypedColumn; right: TypedColumn } {
    const typedLeft = this.#column(left, undefined);
    const typedRight = this.#column(right, typedLeft.type);
    checkComparable('=', typedLeft.type);
    return { left: typedLeft, right: typedRight };
  }

  #projection({ projection }: SqlSelect): TypedProjection {
    switch (projection.kind) {
      case 'count':
        return { kind: 'count', name: projection.alias };
      case 'star': {
        if (projection.of === undefined) {
          if (this.#relations.length > 1) throw new SqlError('SELECT * is not supported for joins');
          return { kind: 'table', relation: 0 };
        }
        return { kind: 'table', relation: this.#relation(projection.of) };
      }
      case 'columns': {
        const names = new Set<string>();
        const columns = projection.columns.map(({ column, alias }) => {
          if (names.has(alias)) throw new SqlError(`Duplicate name \`${alias}\``);
          names.add(alias);
          return { name: alias, column: this.#column(column, undefined) };
        });
        return { kind: 'columns', columns };
      }
    }
  }

  #relation(name: string): number {
    const position = this.#relations.findIndex(({ alias }) => alias === name);
    if (position < 0) throw new SqlError(`\`${name}\` is not in scope`);
    return position;
  }

  #column({ table, name }: ColumnName, expected: AlgebraicType | undefined): TypedColumn {
    // Without a join, names need no table prefix. With one, the parser has required it.
    const relation = table === undefined ? 0 : this.#relation(table);
    const column = this.#relations[relation]?.table.columns.findIndex(
      (candidate) => candidate.name === name || candidate.sourceName === name,
    );
    const definition = column === undefined ? undefined : this.#relations[relation]?.table.columns[column];
    if (column === undefined || definition === undefined) throw new SqlError(`\`${name}\` is not in scope`);
    const type = this.columnType(definition);
    if (expected !== undefined && !sameType(type, expected)) throw unexpectedType(type, expected);
    return { kind: 'column', relation, column, type };
  }

  #expr(expr: SqlExpr, expected: AlgebraicType | undefined): TypedExpr {
    switch (expr.kind) {
      case 'literal':
        return literalExpr(expr.literal, expected);
      case 'sender':
        return this.#senderExpr(expected);
      case 'column':
        return this.#column(expr, expected);
      case 'and':
      case 'or': {
        if (expected !== undefined && expected.tag !== 'Bool') throw unexpectedType(BOOL, expected);
        return { kind: expr.kind, left: this.#expr(expr.left, BOOL), right: this.#expr(expr.right, BOOL) };
      }
      case 'compare': {
        if (expected !== undefined && expected.tag !== 'Bool') throw unexpectedType(BOOL, expected);
        return this.#comparison(expr);
      }
    }
  }

  /** A literal takes its type from the other operand, on either side. */
  #comparison({ operator, left, right }: SqlExpr & { kind: 'compare' }): TypedExpr {
    if (left.kind === 'literal' || left.kind === 'sender') {
      const typedRight = this.#expr(right, undefined);
      const typedLeft = this.#expr(left, typeOf(typedRight));
      checkComparable(operator, typeOf(typedLeft));
      return { kind: 'compare', operator, left: typedLeft, right: typedRight };
    }
    const typedLeft = this.#expr(left, undefined);
    const typedRight = this.#expr(right, typeOf(typedLeft));
    checkComparable(operator, typeOf(typedLeft));
    return { kind: 'compare', operator, left: typedLeft, right: typedRight };
  }

  #senderExpr(expected: AlgebraicType = IDENTITY): TypedExpr {
    const isIdentity = expected.tag === 'Product' && specialField(expected.value) === '__identity__';
    if (!isIdentity && !isBytes(expected)) throw unexpectedType(IDENTITY, expected);
    this.usesSender = true;
    const value = isIdentity ? this.#sender : this.#sender.toUint8Array().reverse();
    return { kind: 'value', value, type: expected };
  }
}

/** @throws {SqlError} when the caller has no such table */
export function findTable(catalog: TableCatalog, name: string): TableDef {
  const table = catalog.table(name);
  if (table === undefined) {
    throw new SqlError(`no such table: \`${name}\`. If the table exists, it may be marked private.`);
  }
  return table;
}

/** @throws {SqlError} when the text is not a value of that type */
export function readLiteral(text: string, type: AlgebraicType): unknown {
  const value = parseLiteral(text, type);
  if (value === undefined) {
    throw new SqlError(`The literal expression \`${text}\` cannot be parsed as type \`${typeText(type)}\``);
  }
  return value;
}

export function unexpectedType(expected: AlgebraicType, inferred: AlgebraicType): SqlError {
  return new SqlError(
    `Unexpected type: (expected) ${typeText(expected)} != ${typeText(inferred)} (inferred)`,
  );
}

function literalExpr(literal: Literal, expected: AlgebraicType | undefined): TypedExpr {
  if (literal.kind === 'bool') {
    if (expected !== undefined && expected.tag !== 'Bool') throw unexpectedType(BOOL, expected);
    return { kind: 'value', value: literal.value, type: BOOL };
  }
  if (expected === undefined) throw new SqlError('Cannot resolve type for literal expression');
  return { kind: 'value', value: readLiteral(literal.value, expected), type: expected };
}

function typeOf(expr: TypedExpr): AlgebraicType {
  return 'type' in expr ? expr.type : BOOL;
}

function sameType(a: AlgebraicType, b: AlgebraicType): boolean {
  return a.tag === b.tag && typeText(a) === typeText(b);
}

function checkComparable(operator: CompareOperator, type: AlgebraicType): void {
  if (!isComparable(type)) {
    throw new SqlError(`Invalid binary operator \`${operator}\` for type \`${typeText(type)}\``);
  }
}

function isComparable(type: AlgebraicType): boolean {
  switch (type.tag) {
    case 'Product': {
      const special = specialField(type.value);
      return special !== undefined && special !== '__time_duration_micros__';
    }
    case 'Array':
      return isBytes(type);
    case 'Sum':
    case 'Ref':
      return false;
    default:
      return true;
  }
}
