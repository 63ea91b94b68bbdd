import type { AnyQuery } from './hub.ts';
import type { Internals } from './internals.ts';
import { Store } from './store.ts';
import type { Live, LivePhase, LiveState } from './types.ts';

const idle: LiveState = { phase: 'idle' };

const ready: LiveState = { phase: 'ready' };
const worse: readonly LivePhase[] = ['failed', 'stale', 'loading', 'idle'];

export function worstOf(states: readonly LiveState[]): LiveState {
  for (const phase of worse) {
    const found = states.find((state) => state.phase === phase);
    if (found) return found;
  }
  return ready;
}

/** The state of what `queries` fill together: that of the worst of them. */
export function stateOf(queries: readonly AnyQuery[]): LiveState {
  const { phase, error } = worstOf(queries as readonly LiveState[]);
  return { phase, ...(error && { error }) };
}

/** A store with a `state`. Subscribing to either keeps going what fills them. */
export class LiveStore<T> implements Live<T> {
  readonly #value: Store<T>;
  readonly #state: Store<LiveState>;
  readonly subscribe: Live<T>['subscribe'];
  readonly get: Live<T>['get'];
  readonly state: Live<T>['state'];

  /**
   * @param empty the value while nothing is known
   * @param start runs when the first subscriber comes; what it returns runs when the last one has left
   */
  constructor({ scope, leases, keepOpen }: Internals, empty: T, start: () => () => void) {
    const retain = leases.create(() => {
      const letGo = keepOpen();
      const stop = start();
      return () => {
        stop();
        letGo();
        if (!leases.closed) this.set(empty, idle);
      };
    });
    this.#value = new Store(scope, empty, retain);
    this.#state = new Store(scope, idle, retain);
    ({ subscribe: this.subscribe, get: this.get } = this.#value);
    this.state = this.#state.readable;
  }

  set(value: T, state: LiveState): void {
    this.#value.set(value);
    const { phase, error } = this.#state.get();
    if (phase !== state.phase || error !== state.error) this.#state.set(state);
  }
}
