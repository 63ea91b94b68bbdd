import { worstOf } from './live-store.ts';
import type { Live, LiveStatus, Readable, Unsubscribe } from './types.ts';

/** The values of the stores, in order. */
type Values<Sources extends readonly Readable<unknown>[]> = {
  readonly [Index in keyof Sources]: Sources[Index] extends Readable<infer Value> ? Value : never;
};

/**
 * Creates a store from others. It emits once per transaction, however many sources change, and its `get` always agrees
 * with theirs. Its `status` is the worst status of the sources.
 * @param sources stores, with or without a status
 * @param combine computes the value from its arguments alone; called only when one of them changes
 * @returns the store, which emits when the result of `combine` changes
 * @example
 * ```ts
 * const users = liveTable(connection, tables.user);
 * const messages = liveTable(connection, tables.message);
 * const summary = computed([users, messages], (users, messages) => `${messages.length} by ${users.length}`);
 * summary.subscribe((text) => console.log(text)); // 2 by 3
 * ```
 */
export function computed<const Sources extends readonly Readable<unknown>[], Value>(
  sources: Sources,
  combine: (...values: Values<Sources>) => Value,
): Live<Value> {
  const statuses = sources.flatMap((source) =>
    'status' in source ? [(source as Live<unknown>).status] : [],
  );
  return {
    ...combined(sources, (values) => combine(...(values as Values<Sources>))),
    status: combined(statuses, (all) => worstOf(all as LiveStatus[])),
  };
}

/** Combines the values of several stores. */
export function combined<Value>(
  sources: readonly Readable<unknown>[],
  combine: (values: unknown[]) => Value,
): Readable<Value> {
  let inputs: unknown[] | undefined;
  let value: Value | undefined;
  let subscribers = 0;
  const get = (): Value => {
    const next = sources.map((source) => source.get());
    if (!inputs || next.some((input, index) => input !== inputs?.[index])) {
      value = combine(next);
      inputs = next;
    }
    return value as Value;
  };
  const subscribe = (run: (value: Value) => void): Unsubscribe => {
    let isStarted = false;
    let seen: Value;
    const notify = (): void => {
      // Each source calls immediately; `run` is called after all of them have.
      if (!isStarted || Object.is(seen, get())) return;
      seen = get();
      run(seen);
    };
    const stops = sources.map((source) => source.subscribe(notify));
    isStarted = true;
    subscribers++;
    seen = get();
    run(seen);
    return () => {
      if (!isStarted) return;
      isStarted = false;
      stops.forEach((stop) => stop());
      // Do not keep rows that nobody uses.
      if (--subscribers === 0) inputs = value = undefined;
    };
  };
  return { subscribe, get };
}
