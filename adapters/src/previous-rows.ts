import { combined } from './computed.ts';
import { liveStatus } from './live-store.ts';
import type { Live, LiveStatus } from './types.ts';

/**
 * The list of a component whose query may change. Until its rows arrive, it shows those of the previous list, as
 * `stale`, so that it is never empty in between. Without any, it is `loading`, also before it is subscribed.
 * @param previous the list that the component showed before; its rows are copied now
 */
export function withPreviousRows<Row>(
  live: Live<readonly Row[]>,
  previous: Live<readonly Row[]> | undefined,
): Live<readonly Row[]> {
  const rows = previous && hasRows(previous) ? previous.get() : undefined;
  const substitute = liveStatus({ status: rows ? 'stale' : 'loading' });
  let wasReady = false;
  const isPending = ({ status }: LiveStatus): boolean => {
    wasReady ||= status === 'ready';
    return !wasReady;
  };
  return {
    ...combined([live, live.status], ([own, status]) =>
      rows && isPending(status as LiveStatus) ? rows : (own as readonly Row[]),
    ),
    status: combined([live.status], ([value]) => {
      const status = value as LiveStatus;
      return isPending(status) && !status.error ? substitute : status;
    }),
  };
}

function hasRows(live: Live<readonly unknown[]>): boolean {
  const { status } = live.status.get();
  return status === 'ready' || status === 'stale' || (status === 'error' && live.get().length > 0);
}
