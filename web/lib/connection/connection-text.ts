import type { ConnectionStatus } from 'spacetimedb-stores';
import { en } from '../i18n/en.ts';
import type { Strings } from '../i18n/strings.ts';

/** A connection's state, put in words. */
export interface ConnectionText {
  /** How it stands, in two or three words. */
  brief: string;
  /** `good`: nothing to say. `busy`: it mends itself. `bad`: it takes someone to do something. */
  tone: 'good' | 'busy' | 'bad';
  /** What that means for the reader; absent while there is nothing to explain. */
  detail?: string;
  /** What a button beside the words offers. */
  remedy?: 'retry' | 'new-person' | undefined;
}

/**
 * @param server the server's address, as the reader knows it
 * @param database the name of the database there
 */
export function connectionText(
  status: ConnectionStatus,
  server: string,
  database: string,
  t = en,
): ConnectionText {
  switch (status.status) {
    case 'idle':
    case 'connecting':
      return { brief: t.connecting, tone: 'busy' };
    case 'connected':
      return { brief: t.connected, tone: 'good' };
    case 'reconnecting':
      return reconnecting(status, server, database, t);
    case 'offline':
      return {
        brief: t.isOffline,
        tone: 'busy',
        detail: t.isOfflineMore,
        remedy: 'retry',
      };
    case 'rejected':
      if (status.error?.code === 'incompatible')
        return {
          brief: t.notAChat,
          tone: 'bad',
          detail: t.notAChatMore(server, database),
          remedy: 'retry',
        };
      if (status.error?.code === 'refused')
        return { brief: 'Not let in', tone: 'bad', detail: status.error.message, remedy: 'retry' };
      return {
        brief: t.refused,
        tone: 'bad',
        detail: t.refusedMore(server),
        remedy: 'new-person',
      };
    case 'closed':
      return {
        brief: t.closed,
        tone: 'bad',
        detail: t.closedMore,
      };
  }
}

function reconnecting(
  status: ConnectionStatus,
  server: string,
  database: string,
  t: Strings,
): ConnectionText {
  const busy = { brief: t.reconnecting, tone: 'busy', remedy: 'retry' } as const;
  switch (status.error?.code) {
    case 'unknown-database':
      return {
        brief: t.noDatabase,
        tone: 'bad',
        detail: t.noDatabaseMore(server, database),
        remedy: 'retry',
      };
    case 'misconfigured':
      return {
        ...busy,
        brief: t.notConnected,
        tone: 'bad',
        detail: status.error.message,
      };
    case 'unreachable':
      return { ...busy, detail: t.unreachable(server) };
    default:
      return { ...busy, detail: t.lost(server) };
  }
}
