import { internalsOf } from './internals.ts';
import { Store } from './store.ts';
import type { AnyDb, CallOptions, Connection, Readable } from './types.ts';

/** How the calls of an action stand. */
export interface ActionState<Result> {
  /** Whether a call is under way. */
  readonly pending: boolean;
  /** Why the last call failed; undefined after one that did not, and while the next is under way. */
  readonly error: Error | undefined;
  /** What the last call that did not fail returned. */
  readonly result: Result | undefined;
}

export interface Action<Args extends readonly unknown[], Result> extends Readable<ActionState<Result>> {
  /**
   * Makes the call. Settles as `Connection.call` does; an error that nobody awaits stands in the store and is
   * not reported as unhandled.
   */
  run(this: void, ...args: Args): Promise<Result>;
}

/**
 * A reducer or procedure as a small store, for buttons and forms: whether a call is under way, why the last one
 * failed, what it returned.
 * @param call makes the call: `(db, name: string) => db.reducers.setName({ name })`
 * @param options as for `Connection.call`, for each call
 */
export function action<Db extends AnyDb, Args extends readonly unknown[], Result>(
  connection: Connection<Db>,
  call: (db: Db, ...args: Args) => Promise<Result>,
  options?: CallOptions,
): Action<Args, Result> {
  const state = new Store<ActionState<Result>>(internalsOf(connection).scope, {
    pending: false,
    error: undefined,
    result: undefined,
  });
  let running = 0;
  const started = (): void => {
    running++;
    state.set({ ...state.get(), pending: true, error: undefined });
  };
  const settled = (outcome: Partial<ActionState<Result>>): void => {
    running--;
    state.set({ ...state.get(), ...outcome, pending: running > 0 });
  };
  return {
    subscribe: state.subscribe,
    get: state.get,
    run(...args) {
      started();
      const result = connection.call((db) => call(db, ...args), options);
      result.then(
        (result) => settled({ result, error: undefined }),
        (error: Error) => settled({ error }),
      );
      return result;
    },
  };
}
