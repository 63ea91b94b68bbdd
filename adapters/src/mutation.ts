import { internalsOf } from './internals.ts';
import { Store } from './store.ts';
import type { AnyDb, CallOptions, Connection, Readable } from './types.ts';

/** What has become of the calls of a mutation. */
export interface MutationStatus<Result> {
  /** Whether a call is in progress. */
  readonly isPending: boolean;
  /** Why the last call failed; undefined after one that did not, and while the next is in progress. */
  readonly error: Error | undefined;
  /** What the last call that did not fail returned. */
  readonly result: Result | undefined;
}

/** A reducer or procedure as a store, with `run` to call it. */
export interface Mutation<Args extends readonly unknown[], Result> extends Readable<MutationStatus<Result>> {
  /**
   * Makes the call. Settles as `Connection.call` does; an error that nobody awaits is in the store and is not reported
   * as unhandled.
   */
  run(this: void, ...args: Args): Promise<Result>;
}

/**
 * A reducer or procedure as a small store, for buttons and forms: whether a call is in progress, why the last one
 * failed, what it returned.
 * @param call makes the call: `(db, name: string) => db.reducers.setName({ name })`
 * @param options as for `Connection.call`, for each call
 */
export function mutation<Db extends AnyDb, Args extends readonly unknown[], Result>(
  connection: Connection<Db>,
  call: (db: Db, ...args: Args) => Promise<Result>,
  options?: CallOptions,
): Mutation<Args, Result> {
  const status = new Store<MutationStatus<Result>>(internalsOf(connection).scope, {
    isPending: false,
    error: undefined,
    result: undefined,
  });
  let running = 0;
  const settled = (outcome: Partial<MutationStatus<Result>>): void => {
    running--;
    status.set({ ...status.get(), ...outcome, isPending: running > 0 });
  };
  return {
    ...status.readable,
    run(...args) {
      running++;
      status.set({ ...status.get(), isPending: true, error: undefined });
      const promise = connection.call((db) => call(db, ...args), options);
      promise.then(
        (result) => settled({ result, error: undefined }),
        (error: Error) => settled({ error }),
      );
      return promise;
    },
  };
}
