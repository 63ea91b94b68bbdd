import type { ModuleLoader } from '../abi/module-instance.ts';
import type { HttpAnswer } from '../abi/syscalls.ts';
import type { ProcedureOutcome, ReducerOutcome } from '../database-api.ts';
import type { QuerySetUpdate } from '../wire/messages.ts';
import type { HostUsage } from '../host-usage.ts';
import type { HostLimits } from '../limits.ts';
import type { Subscriber } from '../subscription/subscriptions.ts';
import type { MicrosecondClock } from './clock.ts';
import type { DatabaseLog } from './logs.ts';
import type { DatabaseMeta, DatabaseStorage } from './storage.ts';
import type { TimeSource } from './time-source.ts';

/** A connection that the database sends messages to. */
export interface DatabaseClient extends Subscriber {
  /** Called for each transaction of another client that changes the results of this client's subscriptions. */
  transactionUpdate(querySets: QuerySetUpdate[], offset: number): void;
  /** The database has ended a subscription. */
  subscriptionFailed(querySetId: number, reason: string): void;
  /** The database is closing, or its new schema breaks this client. */
  moduleExited(): void;
}

/** The result of a client's own call, with the changes of its transaction for that client. */
export interface ClientCallResult {
  readonly outcome: ReducerOutcome;
  readonly querySets: QuerySetUpdate[];
  /** When the reducer ran, in microseconds since the Unix epoch. */
  readonly timestamp: number;
  /** Offset of the call's transaction; `undefined` if nothing was committed. */
  readonly offset: number | undefined;
}

/** The result of a client's procedure call. */
export interface ClientProcedureResult {
  readonly outcome: ProcedureOutcome;
  /** When the procedure was started, in microseconds since the Unix epoch. */
  readonly timestamp: number;
  /** Offset of the newest transaction that it committed; `undefined` for none. */
  readonly offset: number | undefined;
}

export interface DatabaseParts {
  readonly meta: DatabaseMeta;
  readonly storage: DatabaseStorage;
  readonly loader: ModuleLoader;
  readonly time: TimeSource;
  /** A clock that reads `time`. */
  readonly clock: MicrosecondClock;
  readonly log: DatabaseLog;
  readonly limits: HostLimits;
  /** Sends the HTTP requests of procedures; see `RuntimeServices.fetch`. */
  readonly fetch?: ((request: Uint8Array, body: Uint8Array) => Promise<HttpAnswer>) | undefined;
  /** Shared by all databases of a host. A database without it counts only its own. */
  readonly usage?: HostUsage;
}
