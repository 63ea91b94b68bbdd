/** Runs the embedded host with the chat module in its own process, without limits per machine. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCli } from '../host/src/testing/cli.ts';
import { liftRoomLimits } from './room-limits.ts';

const CHAT = path.resolve(import.meta.dirname, '..');

/** All clients come from one address here, and the port is not reachable from outside. */
const PER_ADDRESS = ['connectionsPerAddress', 'identitiesPerMinute', 'callsPerSecond'];

export interface ChatHost {
  readonly uri: string;
  readonly database: string;
  readonly ownerToken: string;
  readonly process: ChildProcess;
  /** Stops the host and waits until it has exited. */
  stop(): Promise<void>;
}

export interface ChatHostOptions {
  /** Path of an existing data folder. */
  readonly dataDir: string;
  /** The module's folder; the chat by default. */
  readonly module?: string;
  /** 0, the default, for a free port. */
  readonly port?: number;
}

/**
 * Starts the host and removes the room's limits.
 *
 * @throws {Error} with the host's output when it does not start
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

/** Runs `use` with a temporary folder and deletes it afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-load-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
