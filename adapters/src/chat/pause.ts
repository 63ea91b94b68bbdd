import type { AnyDb, Connection, Environment } from '../types.ts';

/** Longer waits are not waited for. */
const LONGEST_MS = 60 * 60_000;

/** How long the wait gets at most while the server refuses again and again. */
const LONGEST_BACKOFF_MS = 30_000;

export interface Pause {
  /** When it ends; undefined while there is none. The same object until it ends. */
  readonly until: Date | undefined;
  /**
   * @param ms how long the server asked to wait
   * @returns whether it has started: not when that is too long
   */
  start(this: void, ms: number): boolean;
  /** Ends it without calling `resume`. */
  end(this: void): void;
  /** The server has accepted something. */
  reset(this: void): void;
}

/**
 * Creates the pause that a server asks for. It ends early when the connection is closed, so that no timer is left.
 *
 * The first pause is as long as the server asked. When it refuses again, others are waiting for the same room, so the
 * next ones are twice as long each time and end at random: otherwise all would come back at the same moment.
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
