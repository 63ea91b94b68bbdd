/**
 * The client of SpacetimeDB's SDK (2.10) in little: what generated bindings and the stores ask for. Bundles take it in
 * place of `spacetimedb`, with which they would be some 20 kB larger, compressed (see `web/vite/small-sdk.ts`). Its
 * values, such as `Identity`, are the SDK's own.
 *
 * What it has not: a transport (the stores bring theirs), a log, indexes of cached tables, `subscribeToAllTables`, typed
 * queries in `subscribe` (the stores send their text). Each message to the server goes in a frame of its own.
 */
export {
  ConnectionId,
  Identity,
  InternalError,
  SenderError,
  TimeDuration,
  Timestamp,
  Uuid,
  getQueryAccessorName,
  getQueryWhereClause,
  toSql,
} from 'spacetimedb';
export { DbConnectionBuilder } from './builder.ts';
export { DbConnectionImpl } from './connection.ts';
export {
  convertToAccessorMap,
  makeQueryBuilder,
  procedureSchema,
  procedures,
  reducerSchema,
  reducers,
  schema,
  table,
} from './schema.ts';
export { SubscriptionBuilderImpl, SubscriptionHandleImpl } from './subscription.ts';
export { TypeBuilder } from './type-builder.ts';
export * as t from './types.ts';
