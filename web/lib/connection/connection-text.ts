import type { ConnectionStatus } from 'spacetimedb-stores';
import { en } from '../i18n/en.ts';
import type { Strings } from '../i18n/strings.ts';
import { translate } from '../i18n/translate.ts';

/** The status of a connection in words. */
export interface ConnectionText {
  /** The status in two or three words. */
  brief: string;
  /** `good`: nothing to say. `busy`: recovers by itself. `bad`: someone has to act. */
  tone: 'good' | 'busy' | 'bad';
  /** What the status means for the reader, if it needs explaining. */
  detail?: string;
  /** The action that a button offers. */
  remedy?: 'retry' | 'new-person' | undefined;
}

/**
 * Describes a connection status in the reader's language.
 *
 * @param server the server's address as shown to the reader
 * @param database the name of the database
 * @param t the texts of the reader's language; English by default
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
        return { brief: t.denied, tone: 'bad', detail: translate(status.error.message, t), remedy: 'retry' };
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
    case 'no-server':
      return {
        brief: t.noServer,
        tone: 'bad',
        detail: t.noServerMore(server),
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
