export { action, type Action, type ActionState } from './action.ts';
export { connect } from './connection.ts';
export { NotConnectedError, UnknownOutcomeError } from './errors.ts';
export { derived } from './derived.ts';
export { joined, type Join } from './joined.ts';
export { liveEvents, type Events } from './live-events.ts';
export { liveRow, liveTable, type SqlOptions } from './live-table.ts';
export { browserTokens, memoryTokens } from './tokens.ts';
export type {
  AnyDb,
  Backoff,
  Builder,
  CallOptions,
  ConnectOptions,
  Connection,
  ConnectionProblem,
  ConnectionState,
  ConnectionStatus,
  Environment,
  Live,
  LiveOptions,
  LivePhase,
  LiveState,
  Readable,
  RowOf,
  SocketAdapter,
  SocketArgs,
  SocketLike,
  TableName,
  TokenStore,
  TypedQuery,
  Unsubscribe,
} from './types.ts';
