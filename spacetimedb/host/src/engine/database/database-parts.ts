import type { ModuleLoader } from '../abi/module-instance.ts';
import type { ReducerOutcome } from '../database-api.ts';
import type { QuerySetUpdate } from '../wire/messages.ts';
import type { HostUsage } from '../host-usage.ts';
import type { HostLimits } from '../limits.ts';
import type { Subscriber } from '../subscription/subscriptions.ts';
import type { MicrosecondClock } from './clock.ts';
import type { DatabaseLog } from './logs.ts';
import type { DatabaseMeta, DatabaseStorage } from './storage.ts';
import type { TimeSource } from './time-source.ts';

/** A connection that the database pushes to. */
export interface DatabaseClient extends Subscriber {
  /** Called for each transaction of somebody else's that changes what the client subscribes to. */
  transactionUpdate(querySets: QuerySetUpdate[], offset: number): void;
  /** A subscription that ran until now was ended by the database. */
  subscriptionFailed(querySetId: number, reason: string): void;
  /** The database goes away, or comes back with a schema that this client does not know. */
  moduleExited(): void;
}

/** How a client's own call ended, with what the call's transaction changed for that client. */
export interface ClientCallResult {
  readonly outcome: ReducerOutcome;
  readonly querySets: QuerySetUpdate[];
  /** When the reducer ran, in microseconds since the Unix epoch. */
  readonly timestamp: number;
  /** Of the call's transaction; `undefined` when it committed none. */
  readonly offset: number | undefined;
}

export interface DatabaseParts {
  readonly meta: DatabaseMeta;
  readonly storage: DatabaseStorage;
  readonly loader: ModuleLoader;
  readonly time: TimeSource;
  /** Reads `time`. */
  readonly clock: MicrosecondClock;
  readonly log: DatabaseLog;
  readonly limits: HostLimits;
  /** Shared by all databases of a host; a database without it counts for itself. */
  readonly usage?: HostUsage;
}
