/** Runs the command line in its own process, for tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ENTRY = path.resolve(import.meta.dirname, '../cli/run.ts');

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  /** The first line of output. */
  readonly line: string;
  readonly finished: Promise<Finished>;
}

/** Runs a command until it exits. */
export async function runCli(...words: string[]): Promise<Finished> {
  return follow(start(words)).finished;
}

/** Starts a command and waits for its first line of output. @throws when it exits before */
export async function startCli(...words: string[]): Promise<Running> {
  const child = start(words);
  const { finished, firstLine } = follow(child);
  const line = await Promise.race([firstLine, finished]);
  if (typeof line !== 'string') throw new Error(`it ended with code ${line.exitCode}: ${line.stderr}`);
  return { process: child, line, finished };
}

function start(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', '--conditions=source', ENTRY, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Vitest's own options must not affect other processes.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

function follow(child: ChildProcess): { finished: Promise<Finished>; firstLine: Promise<string> } {
  let stdout = '';
  let stderr = '';
  const firstLine = new Promise<string>((resolve) => {
    child.stdout?.on('data', (data: Buffer) => {
      stdout += data.toString();
      const end = stdout.indexOf('\n');
      if (end !== -1) resolve(stdout.slice(0, end));
    });
  });
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const finished = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    stdout,
    stderr,
  }));
  return { finished, firstLine };
}
