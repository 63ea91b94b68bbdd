export { computed } from './computed.ts';
export { connect } from './connection.ts';
export {
  ConnectionError,
  NotConnectedError,
  QueryError,
  ReducerError,
  UnknownOutcomeError,
  type CallError,
  type ConnectionErrorCode,
  type QueryErrorCode,
} from './errors.ts';
export { liveTable, type SqlOptions } from './live-table.ts';
export { mutation, type Mutation, type MutationStatus } from './mutation.ts';
export { browserTokens, memoryTokens } from './tokens.ts';
export type {
  AnyDb,
  Backoff,
  Builder,
  CallOptions,
  ConnectOptions,
  Connection,
  ConnectionStatus,
  Environment,
  Live,
  LiveOptions,
  LiveStatus,
  Readable,
  RowOf,
  SocketLike,
  TableName,
  TokenStore,
  TypedQuery,
  Unsubscribe,
} from './types.ts';
