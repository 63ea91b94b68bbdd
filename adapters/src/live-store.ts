import type { Internals } from './internals.ts';
import { Store } from './store.ts';
import type { Live, LivePhase, LiveState } from './types.ts';

/** A state, or a query as one. */
interface State {
  readonly phase: LivePhase;
  readonly error?: Error | undefined;
}

const idle: LiveState = { phase: 'idle' };
const ready: LiveState = { phase: 'ready' };
const worse: readonly LivePhase[] = ['failed', 'stale', 'loading', 'idle'];

/** The state of what several fill together: that of the worst of them. */
export function worstOf(states: readonly State[]): State {
  for (const phase of worse) {
    const found = states.find((state) => state.phase === phase);
    if (found) return found;
  }
  return ready;
}

/** Sets the value and the state of a live store. */
export type SetLive<T> = (value: T, state: State) => void;

/**
 * A store with a `state`. Subscribing to either keeps going what fills them.
 * @param empty the value while nothing is known
 * @param start runs when the first subscriber comes; what it returns runs when the last one has left
 */
export function liveStore<T>(
  { scope, leases, keepOpen }: Internals,
  empty: T,
  start: (set: SetLive<T>) => () => void,
): Live<T> {
  const set: SetLive<T> = (next, { phase, error }) => {
    value.set(next);
    const known = state.get();
    if (phase !== known.phase || error !== known.error) state.set(error ? { phase, error } : { phase });
  };
  const retain = leases.create(() => {
    const letGo = keepOpen();
    const stop = start(set);
    return () => {
      stop();
      letGo();
      if (!leases.closed) set(empty, idle);
    };
  });
  const value = new Store(scope, empty, retain);
  const state = new Store(scope, idle, retain);
  return { ...value.readable, state: state.readable };
}
