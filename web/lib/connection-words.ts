import type { ConnectionStatus } from 'spacetimedb-stores';

/** A connection's state, put in words. */
export interface ConnectionWords {
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
export function connectionWords(status: ConnectionStatus, server: string, database: string): ConnectionWords {
  switch (status.state) {
    case 'idle':
    case 'connecting':
      return { brief: 'Connecting…', tone: 'busy' };
    case 'connected':
      return { brief: 'Connected', tone: 'good' };
    case 'reconnecting':
      return reconnecting(status, server, database);
    case 'offline':
      return {
        brief: 'Offline',
        tone: 'busy',
        detail: 'Your device is offline. What you have written is kept.',
        remedy: 'retry',
      };
    case 'rejected':
      if (status.problem === 'refused')
        return { brief: 'Not let in', tone: 'bad', detail: status.reason ?? '', remedy: 'retry' };
      return {
        brief: 'Sign-in refused',
        tone: 'bad',
        detail: `${server} refuses the sign-in saved in this browser. You can continue as a new person; your earlier name and messages stay with the old one.`,
        remedy: 'new-person',
      };
    case 'closed':
      return {
        brief: 'Disconnected',
        tone: 'bad',
        detail: 'The connection was closed. Reload the page to chat on.',
      };
  }
}

function reconnecting(status: ConnectionStatus, server: string, database: string): ConnectionWords {
  const busy = { brief: 'Reconnecting…', tone: 'busy', remedy: 'retry' } as const;
  switch (status.problem) {
    case 'unknown-database':
      return {
        brief: 'No such database',
        tone: 'bad',
        detail: `${server} has no database called “${database}”. Check the name, or publish the chat there.`,
        remedy: 'retry',
      };
    case 'misconfigured':
      return {
        ...busy,
        brief: 'Not connected',
        tone: 'bad',
        detail: status.reason ?? 'The settings are wrong.',
      };
    case 'unreachable':
      return { ...busy, detail: `${server} cannot be reached. What you have written is kept.` };
    default:
      return { ...busy, detail: `The connection to ${server} was lost. What you have written is kept.` };
  }
}
