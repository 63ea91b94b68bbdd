/** The embedded host with the chat module, in a process of its own and without limits to what one machine may do. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCli } from '../host/src/testing/cli.ts';
import { liftRoomLimits } from './room-limits.ts';

const CHAT = path.resolve(import.meta.dirname, '..');

/** All clients come from one address here, and no stranger can reach the port. */
const PER_ADDRESS = ['connectionsPerAddress', 'identitiesPerMinute', 'callsPerSecond'];

export interface ChatHost {
  readonly uri: string;
  readonly database: string;
  readonly ownerToken: string;
  readonly process: ChildProcess;
  /** Stops the host and waits until it is gone. */
  stop(): Promise<void>;
}

export interface ChatHostOptions {
  /** The data folder; it must exist. */
  readonly dataDir: string;
  /** The module's folder; default: the chat. */
  readonly module?: string;
  /** Default 0: a free port. */
  readonly port?: number;
}

/**
 * Starts the host and lifts the room's limits.
 *
 * @throws {Error} when the host does not start, with what it said
 */
export async function startChatHost({
  dataDir,
  module = CHAT,
  port = 0,
}: ChatHostOptions): Promise<ChatHost> {
  const database = 'chat';
  const { process, line, finished } = await startCli(
    ...['start', '--module', module, '--name', database, '--port', String(port), '--data-dir', dataDir],
    ...PER_ADDRESS.flatMap((name) => ['--limit', `${name}=none`]),
  );
  const ownerToken = (await readFile(path.join(dataDir, 'owner.token'), 'utf8')).trim();
  await liftRoomLimits({ uri: line, database, ownerToken });
  return {
    uri: line,
    database,
    ownerToken,
    process,
    async stop() {
      if (process.exitCode === null && process.signalCode === null) {
        process.kill('SIGTERM');
        await once(process, 'exit');
      }
      await finished;
    },
  };
}

/** Runs `use` with a new folder, which is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-load-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
