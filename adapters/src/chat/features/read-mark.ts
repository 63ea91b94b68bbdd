import { Timestamp } from 'spacetimedb';
import { ReducerError } from '../../errors.ts';
import type { Scope } from '../../store.ts';
import { Store } from '../../store.ts';
import type { Connection, Environment, Readable } from '../../types.ts';
import type { FeaturesDb } from './rows.ts';

/** Minimum milliseconds between two updates to the server. */
const TELL_MS = 2_000;

/** Runs before the connection ends on the same event. */
const CAPTURED = { capture: true };

/** The time of the last read message, in microseconds. */
interface Mark {
  readonly by: bigint | undefined;
  readonly sent: bigint;
}

export interface ReadMark {
  /** The time of the last message read here; the server may not know it yet. */
  readonly local: Readable<Mark | undefined>;
  mark(this: void, sent: bigint): void;
}

/** Creates the sender of our read mark. It is throttled, and also sends before the page is hidden. */
export function createReadMark(
  connection: Connection<FeaturesDb>,
  { now, setTimeout, clearTimeout, window, document }: Environment,
  scope: Scope,
): ReadMark {
  const local = new Store<Mark | undefined>(scope, undefined);
  const me = (): bigint | undefined => connection.identity.get()?.__identity__;
  let toldAt = -Infinity;
  /** Set while there is something to send. */
  let stop: (() => void) | undefined;

  const tell = (): void => {
    stop?.();
    stop = undefined;
    const mark = local.get();
    // Someone else has signed in.
    if (!mark || mark.by !== me()) return local.set(undefined);
    toldAt = now();
    connection
      .call(({ reducers }) => reducers.markRead({ sent: new Timestamp(mark.sent) }))
      .catch((error) => {
        if (local.get() !== mark) return;
        // A refusal undoes it; otherwise it is sent again with the next connection.
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
