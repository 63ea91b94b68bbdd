import type { AnyDb, Connection, Environment } from '../types.ts';

/** Longer waits count as failures. */
const LONGEST_MS = 60 * 60_000;

/** The maximum wait after repeated refusals. */
const LONGEST_BACKOFF_MS = 30_000;

export interface Pause {
  /** When the pause ends; undefined while there is none. The same object until then. */
  readonly until: Date | undefined;
  /**
   * @param ms how long the server asked to wait
   * @returns whether the pause has started: false if it would be too long
   */
  start(this: void, ms: number): boolean;
  /** Ends it without calling `resume`. */
  end(this: void): void;
  /** Called when the server has accepted something. */
  reset(this: void): void;
}

/**
 * Creates the pause that a server requested. It ends early when the connection is closed, so that no timer remains.
 *
 * The first pause has the requested length. If the server refuses again, other clients compete for the same limit, so
 * each further pause is twice as long and ends at a random time: otherwise all would retry at the same moment.
 * @param resume called when it is over
 */
export function createPause(
  connection: Pick<Connection<AnyDb>, 'status'>,
  { now, random, setTimeout, clearTimeout }: Environment,
  resume: () => void,
): Pause {
  let current: { readonly until: Date; readonly end: () => void } | undefined;
  let refusals = 0;
  const end = (): void => {
    current?.end();
    current = undefined;
  };
  const finish = (): void => {
    end();
    resume();
  };
  return {
    get until() {
      return current?.until;
    },
    start(ms) {
      if (!(ms <= LONGEST_MS) || connection.status.get().status === 'closed') return false;
      const backoff = Math.min(Math.max(ms, 100) * 2 ** refusals, Math.max(ms, LONGEST_BACKOFF_MS));
      const delay = refusals === 0 ? Math.max(ms, 0) : backoff * (1 + random() / 2);
      refusals++;
      end();
      const timer = setTimeout(finish, delay);
      const unsubscribe = connection.status.subscribe(({ status }) => {
        if (status === 'closed') finish();
      });
      current = {
        until: new Date(now() + delay),
        end() {
          clearTimeout(timer);
          unsubscribe();
        },
      };
      return true;
    },
    end,
    reset() {
      refusals = 0;
    },
  };
}
