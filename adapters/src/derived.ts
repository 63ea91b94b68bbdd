import { worstOf } from './live-store.ts';
import type { Live, LiveState, Readable, Unsubscribe } from './types.ts';

/** What the stores hold, in their order. */
type Values<Sources extends readonly Readable<unknown>[]> = {
  readonly [Index in keyof Sources]: Sources[Index] extends Readable<infer Value> ? Value : never;
};

/**
 * A store made of others. However many of them a transaction changes, it emits once; its `get` agrees with theirs
 * at every moment. `combine` runs again only when one of them has another value, and what it returns is told only
 * when it is another value.
 *
 * Its `state` is that of the worst of the stores that have one.
 * @param combine must depend on its arguments alone
 */
export function derived<const Sources extends readonly Readable<unknown>[], Value>(
  sources: Sources,
  combine: (...values: Values<Sources>) => Value,
): Live<Value> {
  const states = sources.flatMap((source) => ('state' in source ? [(source as Live<unknown>).state] : []));
  return {
    ...combined(sources, (values) => combine(...(values as Values<Sources>))),
    state: combined(states, (values) => worstOf(values as LiveState[]) as LiveState),
  };
}

function combined<Value>(
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
    let started = false;
    let seen: Value;
    const tell = (): void => {
      // The sources call at once; this one has its first call when all of them have.
      if (!started || Object.is(seen, get())) return;
      seen = get();
      run(seen);
    };
    const stops = sources.map((source) => source.subscribe(tell));
    started = true;
    subscribers++;
    seen = get();
    run(seen);
    return () => {
      if (!started) return;
      started = false;
      stops.forEach((stop) => stop());
      // Rows that nobody looks at are not kept from going.
      if (--subscribers === 0) inputs = value = undefined;
    };
  };
  return { subscribe, get };
}
