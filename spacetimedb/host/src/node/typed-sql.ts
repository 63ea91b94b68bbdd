import { BinaryReader, BinaryWriter, ProductType, AlgebraicType } from 'spacetimedb';
import type { SqlResult } from '../engine/database-api.ts';
import type { Typespace } from '../engine/sats/typespace.ts';

/** A query that generated bindings make, such as `tables.message` or `tables.message.where(…)`. */
export interface BoundQuery<Row> {
  toSql(): string;
  readonly __row?: Row;
}

/** The result of a statement. */
export interface TypedSqlResult<Row> extends SqlResult {
  /** The rows as objects: by the columns' names, or as the bindings name and type them. */
  readonly objects: readonly Row[];
}

/** Runs one SQL statement, or a query made with generated bindings. */
export interface RunSql {
  /** @typeParam Row the type of the rows, which is not checked @throws {SqlError} */
  <Row = Record<string, unknown>>(statement: string): TypedSqlResult<Row>;
  /** @param query of the bindings of the module that runs @throws {SqlError} */
  <Row>(query: BoundQuery<Row>): TypedSqlResult<Row>;
}

/**
 * @param run runs a statement
 * @param typespace of the module that runs
 */
export function runSql(run: (statement: string) => SqlResult, typespace: () => Typespace): RunSql {
  return <Row>(statement: string | BoundQuery<Row>): TypedSqlResult<Row> => {
    if (typeof statement === 'string') {
      const result = run(statement);
      return withObjects(result, () => result.rows.map((row) => named(result, row) as Row));
    }
    const rowType = rowTypeOf(statement);
    const result = run(statement.toSql());
    return withObjects(result, () => asBound<Row>(result, typespace(), rowType));
  };
}

/** Created on first access. */
function withObjects<Row>(result: SqlResult, make: () => readonly Row[]): TypedSqlResult<Row> {
  let objects: readonly Row[] | undefined;
  return {
    ...result,
    get objects() {
      return (objects ??= make());
    },
  };
}

function named({ columns }: SqlResult, row: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name }, i) => [name ?? `column_${i}`, row[i]]));
}

/** Reads the rows as a client with the same bindings does. */
function asBound<Row>({ columns, rows }: SqlResult, typespace: Typespace, rowType: ProductType): Row[] {
  const writers = columns.map(({ type }) => AlgebraicType.makeSerializer(type, typespace));
  const read = ProductType.makeDeserializer(rowType);
  return rows.map((row) => {
    const writer = new BinaryWriter(256);
    writers.forEach((write, i) => write(writer, row[i]));
    return read(new BinaryReader(writer.getBuffer())) as Row;
  });
}

interface Bound {
  readonly rowType?: ProductType;
  readonly table?: Bound;
  readonly sourceQuery?: Bound;
}

/** The type of the rows, which the query has from its table. */
function rowTypeOf(query: object): ProductType {
  const bound: Bound = query;
  const { rowType } = bound.sourceQuery?.table ?? bound.table ?? bound;
  if (!rowType)
    throw new TypeError('host.sql takes SQL, or a query of generated bindings such as tables.message');
  return rowType;
}
