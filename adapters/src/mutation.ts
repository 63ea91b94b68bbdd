import { internalsOf } from './internals.ts';
import { Store } from './store.ts';
import type { AnyDb, CallOptions, Connection, Readable } from './types.ts';

/**
 * State of the calls of a mutation.
 * @example
 * ```ts
 * const rename = mutation(connection, (db, name: string) => db.reducers.setName({ name }));
 * rename.subscribe(({ isPending, error }: MutationStatus<void>) => console.log(isPending, error?.message)); // false Names must not be empty
 * rename.run('').catch(() => undefined);
 * ```
 */
export interface MutationStatus<Result> {
  /** Whether a call is in progress. */
  readonly isPending: boolean;
  /** Why the last call failed; undefined after a successful call, and while the next is in progress. */
  readonly error: Error | undefined;
  /** The result of the last successful call. */
  readonly result: Result | undefined;
}

/**
 * Reducer or procedure as a store, with `run` to call it.
 * @example
 * ```ts
 * const rename: Mutation<[name: string], void> = mutation(connection, (db, name: string) =>
 *   db.reducers.setName({ name }),
 * );
 * rename.subscribe(({ isPending }) => console.log(isPending)); // true
 * await rename.run('Ann');
 * console.log(rename.get().error); // undefined
 * ```
 */
export interface Mutation<Args extends readonly unknown[], Result> extends Readable<MutationStatus<Result>> {
  /**
   * Makes the call. An error is in the store, and is not reported as unhandled if nobody awaits it.
   * @param args the arguments of `call` after the connection
   * @returns what the call returned
   * @throws as `Connection.call`
   */
  run(this: void, ...args: Args): Promise<Result>;
}

/**
 * Creates a store around a reducer or procedure, for buttons and forms. It says whether a call is in progress, why the
 * last one failed, and what it returned.
 * @param connection the connection to use
 * @param call makes the call
 * @param options as for `Connection.call`, for each call
 * @returns the store, with `run` to make a call
 * @example
 * ```ts
 * const rename = mutation(connection, (db, name: string) => db.reducers.setName({ name }));
 * rename.subscribe(({ error }) => console.log(error?.message)); // Names must not be empty
 * rename.run('').catch(() => undefined);
 * ```
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
