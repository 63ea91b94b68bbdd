import { fromSdkError, NotConnectedError, UnknownOutcomeError } from './errors.ts';

interface Call<Db> {
  /** Whether it keeps waiting when a connection attempt fails. */
  readonly isQueued: boolean;
  isSent: boolean;
  send(db: Db): void;
  fail(error: unknown): void;
}

/**
 * Calls that wait for a connection or an answer. The SDK (2.10.1) never settles a call when the connection is lost;
 * these always settle.
 */
export class PendingCalls<Db> {
  readonly #calls = new Set<Call<Db>>();

  /** How many calls wait for a connection, across failed attempts. */
  get queued(): number {
    return [...this.#calls].filter(({ isQueued, isSent }) => isQueued && !isSent).length;
  }

  /**
   * @param db the connection, if it is up; otherwise the call waits for `connected` or `lost`
   * @param isQueued whether it keeps waiting after `lost`
   */
  add<T>(
    run: (db: Db) => Promise<T>,
    db: Db | undefined,
    isQueued: boolean,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (): void => {
        this.#calls.delete(call);
        signal?.removeEventListener('abort', abort);
      };
      const call: Call<Db> = {
        isQueued,
        isSent: false,
        send(db) {
          call.isSent = true;
          // An argument that cannot be encoded throws at once.
          new Promise<T>((resolve) => resolve(run(db))).then((value) => {
            end();
            resolve(value);
          }, call.fail);
        },
        fail(error) {
          end();
          reject(fromSdkError(error) as Error);
        },
      };
      const abort = (): void => call.fail(signal?.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      this.#calls.add(call);
      if (db) call.send(db);
    });
  }

  /** Sends the waiting calls, in order. */
  connected(db: Db): void {
    for (const call of this.#calls) if (!call.isSent) call.send(db);
  }

  /**
   * @param cause why there is no connection
   * @param isRetrying whether another attempt follows automatically
   */
  lost(cause: Error, isRetrying: boolean): void {
    for (const call of this.#calls) {
      if (call.isSent) {
        const message = `The connection was lost before the answer: ${cause.message}`;
        call.fail(new UnknownOutcomeError(message, { cause }));
      } else if (!isRetrying || !call.isQueued) {
        call.fail(new NotConnectedError(cause.message, { cause }));
      }
    }
  }
}
