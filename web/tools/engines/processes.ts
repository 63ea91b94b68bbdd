/** Programs that the engines need, ended by their id. */
import { spawn, type ChildProcess } from 'node:child_process';

/** Runs a program, and ends it and its child processes as soon as standard input closes. */
const GUARD = '"$@" </dev/null & cat >/dev/null; kill -9 0';

/**
 * Starts a program in its own process group, so that its child processes can be ended with it. It ends with this
 * process, however this ends.
 */
export function startProgram(
  path: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; extraPipe?: boolean } = {},
): ChildProcess {
  return spawn('/bin/sh', ['-c', GUARD, 'sh', path, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore', ...(options.extraPipe ? (['pipe'] as const) : [])],
    env: options.env ?? process.env,
  });
}

/** Ends a program and its child processes. */
export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = child.exitCode !== null || child.signalCode !== null;
  const exit = ended ? undefined : new Promise((resolve) => child.once('exit', resolve));
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All have ended.
  }
  await exit;
}

/** Waits for `work`. Returns whether it succeeded within `milliseconds`. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
