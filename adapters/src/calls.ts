import { NotConnectedError, UnknownOutcomeError } from './errors.ts';

interface Call<Db> {
  /** Whether it goes on waiting when a try to connect fails. */
  readonly isPatient: boolean;
  isSent: boolean;
  send(db: Db): void;
  fail(error: unknown): void;
}

/**
 * Reducer calls under way. The SDK (2.10.1) leaves the promise of a call pending for ever when the connection
 * is lost; these settle.
 */
export class Calls<Db> {
  readonly #calls = new Set<Call<Db>>();

  /** How many calls wait for a connection, however long it takes. */
  get patient(): number {
    return [...this.#calls].filter(({ isPatient, isSent }) => isPatient && !isSent).length;
  }

  /**
   * @param db the connection, if it is up; else the call waits for `connected` or `lost`
   * @param isPatient whether it goes on waiting after `lost`
   */
  add<T>(
    run: (db: Db) => Promise<T>,
    db: Db | undefined,
    isPatient: boolean,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (): void => {
        this.#calls.delete(call);
        signal?.removeEventListener('abort', abort);
      };
      const call: Call<Db> = {
        isPatient,
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
          reject(error as Error);
        },
      };
      const abort = (): void => call.fail(signal?.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      this.#calls.add(call);
      if (db) call.send(db);
    });
  }

  /** Sends what was waiting, in order. */
  connected(db: Db): void {
    for (const call of this.#calls) if (!call.isSent) call.send(db);
  }

  /**
   * @param reason why there is no connection, for a person
   * @param retrying whether another try follows by itself
   */
  lost(reason: string, retrying: boolean): void {
    for (const call of this.#calls) {
      if (call.isSent)
        call.fail(new UnknownOutcomeError(`Connection lost before the answer came: ${reason}`));
      else if (!retrying || !call.isPatient) call.fail(new NotConnectedError(reason));
    }
  }
}
