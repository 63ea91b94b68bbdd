import type { Caller, LogRecord } from '../database-api.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { HostLimits } from '../limits.ts';
import type { SystemEvent } from '../system-tables/system-tables.ts';
import type { QuerySetUpdate } from '../wire/messages.ts';
import type { MicrosecondClock } from './clock.ts';
import type { DatabaseClient } from './database-parts.ts';
import type { LoadedModule } from './loaded-module.ts';
import type { DatabaseWrite } from './storage.ts';

/** What a transaction stores and reports besides its rows. */
export interface CommitExtras {
  readonly write?: Partial<DatabaseWrite>;
  readonly event?: SystemEvent;
  /** The client whose update is returned instead of sent. */
  readonly client?: DatabaseClient | undefined;
}

export interface Committed {
  /** The update for the client of {@link CommitExtras}. */
  readonly querySets: QuerySetUpdate[];
  /** Offset of the write. */
  readonly offset: number;
}

/** What calls of a module's functions need from the database. */
export interface CallContext {
  readonly clock: MicrosecondClock;
  readonly limits: HostLimits;
  /** The module that runs now. */
  module(): LoadedModule;
  /** Why the database accepts no calls now; `undefined` while it does. */
  failure(): string | undefined;
  /** Is the caller the database's owner, or the database itself? */
  mayCallPrivate(caller: Caller): boolean;
  /** @throws {ViewError} when a view cannot be evaluated; nothing is committed */
  commit(transaction: Transaction, extras?: CommitExtras): Committed;
  logSystem(level: LogRecord['level'], message: string, functionName?: string): void;
}
