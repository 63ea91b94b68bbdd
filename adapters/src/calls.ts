import { NotConnectedError, UnknownOutcomeError } from './errors.ts';

/**
 * Reducer calls under way. The SDK (2.10.1) leaves the promise of a call pending for ever when the connection
 * is lost; these settle.
 */
export class Calls<Db> {
  readonly #waiting = new Set<{ patient: boolean; start(db: Db): void; fail(error: Error): void }>();
  readonly #sent = new Set<(error: Error) => void>();

  /** How many calls wait for a connection, however long it takes. */
  get patient(): number {
    let count = 0;
    for (const { patient } of this.#waiting) if (patient) count++;
    return count;
  }

  /**
   * @param db the connection, if it is up; else the call waits for `connected` or `lost`
   * @param patient whether it goes on waiting after `lost`
   */
  add<T>(
    run: (db: Db) => Promise<T>,
    db: Db | undefined,
    patient: boolean,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const call = {
        patient,
        start: (db: Db) => {
          this.#waiting.delete(call);
          this.#sent.add(call.fail);
          // An argument that cannot be encoded throws at once.
          new Promise<T>((resolve) => resolve(run(db))).then((value) => (done(), resolve(value)), call.fail);
        },
        fail: (error: unknown) => {
          done();
          reject(error as Error);
        },
      };
      const done = (): void => {
        this.#waiting.delete(call);
        this.#sent.delete(call.fail);
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => call.fail(signal?.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      this.#waiting.add(call);
      if (db) call.start(db);
    });
  }

  /** Sends what was waiting, in order. */
  connected(db: Db): void {
    for (const call of this.#waiting) call.start(db);
  }

  /**
   * @param reason why there is no connection, for a person
   * @param retrying whether another try follows by itself
   */
  lost(reason: string, retrying: boolean): void {
    for (const call of this.#waiting)
      if (!retrying || !call.patient) call.fail(new NotConnectedError(reason));
    for (const fail of this.#sent)
      fail(new UnknownOutcomeError(`Connection lost before the answer came: ${reason}`));
  }
}
