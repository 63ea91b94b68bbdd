import { HostCallError, errno } from '../abi/errno.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { HostLimits } from '../limits.ts';
import { ViewError } from '../views/evaluate-view.ts';
import type { ProcedureTransactions } from './module-runtime.ts';

interface CommitOptions {
  readonly datastore: Datastore;
  readonly limits: HostLimits;
  /** Why changes cannot be stored now. */
  readonly failure: () => string | undefined;
  /** @returns the offset of the stored transaction @throws {ViewError} */
  readonly commit: (transaction: Transaction) => number;
}

/** The transactions of one procedure call. */
export class ProcedureCommits implements ProcedureTransactions {
  readonly #options: CommitOptions;
  #offset: number | undefined;

  constructor(options: CommitOptions) {
    this.#options = options;
  }

  /** Offset of the newest transaction; `undefined` while there is none. */
  get offset(): number | undefined {
    return this.#offset;
  }

  begin(): { datastore: Datastore; transaction: Transaction } {
    const { datastore, limits } = this.#options;
    return { datastore, transaction: datastore.begin(limits) };
  }

  commit(transaction: Transaction): void {
    const failure = this.#options.failure();
    if (failure !== undefined && transaction.changes().length > 0) {
      throw new HostCallError(errno.HOST_CALL_FAILURE, failure);
    }
    try {
      this.#offset = this.#options.commit(transaction);
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      throw new HostCallError(errno.HOST_CALL_FAILURE, error.message);
    }
  }
}
