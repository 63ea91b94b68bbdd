/** What bindings describe tables, reducers and procedures with. */
import { makeQueryBuilder as sdkQueryBuilder } from 'spacetimedb';
import type { TypeBuilder } from './type-builder.ts';
import { row, type Parts } from './types.ts';

export interface TableDef {
  /** What the database calls the table. */
  readonly sourceName: string;
  /** What the bindings call it. */
  readonly accessorName: string;
  readonly columns: Parts;
  readonly rowType: TypeBuilder<object>;
  /** Rows come and are not kept. */
  readonly isEvent: boolean;
  readonly indexes: readonly unknown[];
}

interface TableOptions {
  readonly name?: string;
  readonly indexes?: readonly unknown[];
  readonly event?: boolean;
}

type Table = (accessorName: string) => TableDef;

export interface CallDef {
  readonly name: string;
  readonly accessorName: string;
  readonly params: TypeBuilder<object>;
  readonly returnType?: TypeBuilder | undefined;
}

/** What bindings say of a module. */
export interface RemoteModule {
  readonly tables: Readonly<Record<string, TableDef>>;
  readonly reducers: readonly CallDef[];
  readonly procedures: readonly CallDef[];
}

/* @__NO_SIDE_EFFECTS__ */
export function table(options: TableOptions, rowType: ReturnType<typeof row>): Table {
  return (accessorName) => ({
    sourceName: options.name ?? accessorName,
    accessorName,
    columns: rowType.row,
    rowType,
    isEvent: options.event ?? false,
    indexes: options.indexes ?? [],
  });
}

/* @__NO_SIDE_EFFECTS__ */
export function schema(tables: Record<string, Table>) {
  const named = Object.entries(tables).map(([name, make]) => [name, make(name)] as const);
  return { schemaType: { tables: Object.fromEntries(named) } };
}

/* @__NO_SIDE_EFFECTS__ */
function callSchema(name: string, params: Parts, returnType?: TypeBuilder): CallDef {
  return { name, accessorName: toCamelCase(name), params: row(params), returnType };
}
export { callSchema as reducerSchema, callSchema as procedureSchema };

/* @__NO_SIDE_EFFECTS__ */
export function reducers(...reducers: readonly CallDef[]) {
  return { reducersType: { reducers } };
}

/* @__NO_SIDE_EFFECTS__ */
export function procedures(...procedures: readonly CallDef[]) {
  return { procedures };
}

/* @__NO_SIDE_EFFECTS__ */
export function convertToAccessorMap(calls: readonly CallDef[]): Record<string, CallDef> {
  return Object.fromEntries(calls.map((call) => [call.accessorName, call]));
}

/** The SDK's own; bundlers leave it out where no query is built. */
/* @__NO_SIDE_EFFECTS__ */
export function makeQueryBuilder(schema: object): unknown {
  return sdkQueryBuilder(schema as never);
}

/** As the SDK does it (`lib/util.ts`). */
function toCamelCase(name: string): string {
  const joined = name.replace(/[-_]+([a-zA-Z0-9])?/g, (_, next: string = '_') => next.toUpperCase());
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}
