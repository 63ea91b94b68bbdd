import { Timestamp } from 'spacetimedb';
import { ReducerError } from '../../errors.ts';
import type { Scope } from '../../store.ts';
import { Store } from '../../store.ts';
import type { Connection, Environment, Readable } from '../../types.ts';
import type { FeaturesDb } from './rows.ts';

/** How often the server is told at most. */
const TELL_MS = 2_000;

/** For the event on which the connection ends as well. */
const CAPTURED = { capture: true };

/** Until when somebody has read, in microseconds. */
interface Mark {
  readonly by: bigint | undefined;
  readonly sent: bigint;
}

export interface ReadMark {
  /** Until when was read here: the server may not know yet. */
  readonly local: Readable<Mark | undefined>;
  mark(this: void, sent: bigint): void;
}

/** Creates what tells the server how far we have read: not more often than needed, and before the page goes away. */
export function createReadMark(
  connection: Connection<FeaturesDb>,
  { now, setTimeout, clearTimeout, window, document }: Environment,
  scope: Scope,
): ReadMark {
  const local = new Store<Mark | undefined>(scope, undefined);
  const me = (): bigint | undefined => connection.identity.get()?.__identity__;
  let toldAt = -Infinity;
  /** Set while there is something to tell. */
  let stop: (() => void) | undefined;

  const tell = (): void => {
    stop?.();
    stop = undefined;
    const mark = local.get();
    // Somebody else has signed in.
    if (!mark || mark.by !== me()) return local.set(undefined);
    toldAt = now();
    connection
      .call(({ reducers }) => reducers.markRead({ sent: new Timestamp(mark.sent) }))
      .catch((error) => {
        if (local.get() !== mark) return;
        // A refusal takes it back; otherwise it is told again with the next connection.
        if (error instanceof ReducerError) local.set(undefined);
        else wait();
      });
  };

  const wait = (): void => {
    if (stop || connection.status.get().status === 'closed') return;
    const hide = (): void => {
      if (document?.visibilityState === 'hidden') tellIfConnected();
    };
    const tellIfConnected = (): void => {
      if (connection.status.get().status === 'connected') tell();
    };
    stop = () => {
      clearTimeout(timer);
      window?.removeEventListener('pagehide', tellIfConnected, CAPTURED);
      document?.removeEventListener('visibilitychange', hide);
      unsubscribe();
    };
    window?.addEventListener('pagehide', tellIfConnected, CAPTURED);
    document?.addEventListener('visibilitychange', hide);
    let isDue = false;
    const unsubscribe = connection.status.subscribe(({ status }) => {
      if (status === 'closed') stop?.();
      else if (isDue) tellIfConnected();
    });
    const timer = setTimeout(
      () => {
        isDue = true;
        tellIfConnected();
      },
      Math.max(0, toldAt + TELL_MS - now()),
    );
  };

  return {
    local: local.readable,
    mark(sent) {
      const known = local.get();
      if (known?.by === me() && known && sent <= known.sent) return;
      local.set({ by: me(), sent });
      if (toldAt + TELL_MS <= now() && connection.status.get().status === 'connected') tell();
      else wait();
    },
  };
}
