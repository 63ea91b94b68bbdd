/** Runs the command line in its own process, for tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = path.resolve(import.meta.dirname, '..');
const BUILT = path.resolve(SOURCES, '../dist/cli/run.js');

let entry: readonly string[] | undefined;

/**
 * Node's arguments for the program. Uses what `npm install` built if that is current, because it starts twice as fast.
 */
function programArguments(): readonly string[] {
  entry ??= isBuilt() ? [BUILT] : ['--import', 'tsx', '--conditions=source', `${SOURCES}/cli/run.ts`];
  return entry;
}

/** Was the package built after the last change of its sources? */
function isBuilt(): boolean {
  const built = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\.test\.ts$|\btesting\b/.test(name))
    .every((name) => statSync(path.join(SOURCES, name)).mtimeMs < built);
}

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
  return spawn(process.execPath, [...programArguments(), ...words], {
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
