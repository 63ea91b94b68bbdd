/**
 * The parser's output, before checking whether the server supports it. Syntax that is never supported is kept as text
 * for errors.
 */

export interface Ident {
  readonly value: string;
  readonly quote: '"' | "'" | undefined;
}

/** A name of one or more parts, such as `t` or `namespace.t`. */
export type ObjectName = readonly Ident[];

export type Literal =
  | { readonly kind: 'bool'; readonly value: boolean }
  /** Hex digits, without `0x` or `X'`. */
  | { readonly kind: 'hex'; readonly value: string }
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'string'; readonly value: string };

export type Expr =
  | { readonly kind: 'literal'; readonly literal: Literal; readonly text: string }
  /** A literal of a kind that is never accepted, or a placeholder other than `:sender`. */
  | { readonly kind: 'foreign'; readonly text: string }
  | { readonly kind: 'sender' }
  | { readonly kind: 'name'; readonly parts: ObjectName }
  | { readonly kind: 'nested'; readonly inner: Expr }
  | { readonly kind: 'signed'; readonly sign: '+' | '-'; readonly operand: Expr }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'call'; readonly countsAll: boolean; readonly text: string }
  | { readonly kind: 'other'; readonly text: string };

export type SelectItem =
  | { readonly kind: 'wildcard'; readonly of: ObjectName | undefined }
  | { readonly kind: 'expr'; readonly expr: Expr; readonly alias: Ident | undefined };

/** `extra` is text after a table's name that no statement accepts, such as a list of arguments. */
export type TableFactor =
  | {
      readonly kind: 'table';
      readonly name: ObjectName;
      readonly alias: Ident | undefined;
      readonly extra: string;
    }
  | { readonly kind: 'other'; readonly text: string };

export type Join =
  /** An inner join; a cross join if it has no condition. */
  | {
      readonly kind: 'inner';
      readonly cross: boolean;
      readonly relation: TableFactor;
      readonly on: Expr | undefined;
    }
  | { readonly kind: 'other'; readonly relation: TableFactor; readonly text: string };

export interface TableWithJoins {
  readonly relation: TableFactor;
  readonly joins: readonly Join[];
}

export interface Select {
  /** `DISTINCT` and the like. Never supported; empty if absent. */
  readonly modifier: string;
  readonly projection: readonly SelectItem[];
  readonly from: readonly TableWithJoins[];
  readonly where: Expr | undefined;
  /** `GROUP BY` and following clauses. Never supported; empty if absent. */
  readonly tail: string;
}

export type QueryBody =
  | { readonly kind: 'select'; readonly select: Select }
  | { readonly kind: 'values'; readonly rows: readonly (readonly Expr[])[] }
  | { readonly kind: 'other'; readonly text: string };

export interface Query {
  readonly body: QueryBody;
  /** Never supported; empty if absent. */
  readonly orderBy: string;
  readonly limit: Expr | undefined;
  /** `OFFSET` and following clauses. Never supported; empty if absent. */
  readonly tail: string;
}

export interface Assignment {
  readonly column: ObjectName;
  readonly value: Expr;
}

export type StatementSyntax =
  | { readonly kind: 'query'; readonly query: Query }
  | {
      readonly kind: 'insert';
      readonly table: ObjectName;
      readonly columns: readonly Ident[];
      readonly source: Query;
    }
  | {
      readonly kind: 'update';
      readonly table: ObjectName;
      readonly assignments: readonly Assignment[];
      readonly where: Expr | undefined;
    }
  | { readonly kind: 'delete'; readonly from: readonly TableWithJoins[]; readonly where: Expr | undefined }
  | { readonly kind: 'set'; readonly variable: ObjectName; readonly values: readonly Expr[] }
  | { readonly kind: 'show'; readonly variable: ObjectName }
  | { readonly kind: 'other'; readonly text: string };
