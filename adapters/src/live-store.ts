import type { Internals } from './internals.ts';
import { Store } from './store.ts';
import type { Live, LiveStatus } from './types.ts';

/** The status of a query, in short form. */
export type Progress = Pick<LiveStatus, 'status'> & { readonly error?: LiveStatus['error'] | undefined };

function statusOf(status: LiveStatus['status'], error?: LiveStatus['error']): LiveStatus {
  return {
    status,
    isLoading: status === 'loading',
    isReady: status === 'ready',
    isStale: status === 'stale',
    ...(error && { error }),
  };
}

// One object per status, so that setting the same status is not a change.
const statuses = {
  idle: statusOf('idle'),
  loading: statusOf('loading'),
  ready: statusOf('ready'),
  stale: statusOf('stale'),
  error: statusOf('error'),
} as const;

export function liveStatus({ status, error }: Progress): LiveStatus {
  return error ? statusOf(status, error) : statuses[status];
}

const worse: readonly LiveStatus['status'][] = ['error', 'stale', 'loading', 'idle'];

/** The worst of several statuses: the status of their combined value. */
export function worstOf<T extends Progress>(all: readonly T[]): T | LiveStatus {
  for (const status of worse) {
    const found = all.find((progress) => progress.status === status);
    if (found) return found;
  }
  return statuses.ready;
}

/** Sets the value and the status of a live store. */
export type SetLive<T> = (value: T, progress: Progress) => void;

/**
 * Creates a store with a status. Subscribing to either calls `start`.
 * @param empty the value before any data has arrived
 * @param start called for the first subscriber; the function that it returns is called after the last one has left
 */
export function liveStore<T>(
  { scope, refCounts, keepOpen }: Internals,
  empty: T,
  start: (set: SetLive<T>) => () => void,
): Live<T> {
  const set: SetLive<T> = (next, progress) => {
    value.set(next);
    const known = status.get();
    if (progress.status !== known.status || progress.error !== known.error) status.set(liveStatus(progress));
  };
  const acquire = refCounts.create(() => {
    const release = keepOpen();
    const stop = start(set);
    return () => {
      stop();
      release();
      if (!refCounts.isClosed) set(empty, statuses.idle);
    };
  });
  const value = new Store(scope, empty, acquire);
  const status = new Store(scope, statuses.idle, acquire);
  return { ...value.readable, status: status.readable };
}
