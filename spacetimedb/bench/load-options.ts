import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parseDatabaseName, UsageError } from 'spacetimedb-host';

export const USAGE = `npm run load -- [options]: many clients write in one room, and every message is tracked to every client

  --clients N     official SDK clients, each with its own identity (default 200)
  --rate N        messages per second of all clients together (default 50)
  --minutes N     how long they write; may be a fraction (default 2)
  --observers N   how many of the clients follow the room (default all). Each keeps every message in memory
  --processes N   processes that the clients share (default: one per 50 clients, at most one per processor)
  --json FILE     write the figures, with the host's memory over time
  --help

Without SPACETIMEDB_URI it starts the embedded host itself, on this machine only, in a temporary folder and without the
room's limits. Environment for another server:
  SPACETIMEDB_URI   its address, such as http://localhost:3000
  DATABASE          the chat there (default quickstart-chat)
  OWNER_TOKEN       a token of the room's owner: lifts the room's limits while it runs, and puts them back

It exits with code 1 if a message was lost, duplicated or out of order, or a client was disconnected.
`;

/** Total messages kept in the memory of all clients, at about 400 bytes each. */
const MOST_KEPT = 20_000_000;

export interface LoadOptions {
  readonly clients: number;
  /** Messages per second, all clients together. */
  readonly rate: number;
  readonly seconds: number;
  readonly observers: number;
  readonly processes: number;
  readonly json: string | undefined;
  /** Absent for the embedded host, started for this run. */
  readonly server:
    { readonly uri: string; readonly database: string; readonly ownerToken: string | undefined } | undefined;
}

/**
 * Reads the command line and the environment.
 *
 * @returns `undefined` when help was requested
 * @throws {UsageError} with a message that explains the problem
 */
export function readLoadOptions(words: readonly string[], env: NodeJS.ProcessEnv): LoadOptions | undefined {
  const values = parse(words);
  if (values.help) return undefined;
  const clients = whole('clients', values.clients ?? '200', 10_000);
  const rate = positive('rate', values.rate ?? '50');
  const seconds = positive('minutes', values.minutes ?? '2') * 60;
  const observers = values.observers === undefined ? clients : whole('observers', values.observers, clients);
  const mostProcesses = Math.min(availableParallelism(), Math.ceil(clients / 50));
  const processes =
    values.processes === undefined ? mostProcesses : whole('processes', values.processes, clients);
  const kept = observers * rate * seconds;
  if (kept > MOST_KEPT) {
    throw new UsageError(
      `${observers} observers would keep ${Math.round(kept / 1e6)} million messages in memory; at most ${MOST_KEPT / 1e6} million: set fewer --observers, or a lower --rate or --minutes`,
    );
  }
  return { clients, rate, seconds, observers, processes, json: values.json, server: readServer(env) };
}

function parse(words: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...words],
      options: {
        clients: text,
        rate: text,
        minutes: text,
        observers: text,
        processes: text,
        json: text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readServer(env: NodeJS.ProcessEnv): LoadOptions['server'] {
  const uri = env['SPACETIMEDB_URI'];
  const ownerToken = env['OWNER_TOKEN'] || undefined;
  if (!uri) {
    if (ownerToken === undefined) return undefined;
    throw new UsageError('OWNER_TOKEN is for the server at SPACETIMEDB_URI, which is not set');
  }
  if (!URL.canParse(uri) || !/^https?:$/.test(new URL(uri).protocol)) {
    throw new UsageError(`SPACETIMEDB_URI must be an address such as http://localhost:3000, not '${uri}'`);
  }
  return { uri, database: parseDatabaseName(env['DATABASE'] || 'quickstart-chat'), ownerToken };
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError(`--${name} must be a whole number from 1 to ${most}, not '${text}'`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`--${name} must be a number above 0, not '${text}'`);
}
