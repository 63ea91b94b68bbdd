/** Programs that the engines need, ended by their id. */
import { spawn, type ChildProcess } from 'node:child_process';

/** Starts a program in a process group of its own, so that all that it starts can be ended with it. */
export function startProgram(
  path: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; extraPipe?: boolean } = {},
): ChildProcess {
  const child = spawn(path, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', ...(options.extraPipe ? (['pipe'] as const) : [])],
    env: options.env ?? process.env,
  });
  // An interrupted run leaves nothing behind either.
  const atExit = (): void => killGroup(child);
  process.once('exit', atExit);
  child.once('exit', () => process.off('exit', atExit));
  return child;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All have ended.
  }
}

/** Ends a program and all that it has started. */
export async function endProgram(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = child.exitCode !== null || child.signalCode !== null;
  const exit = ended ? undefined : new Promise((resolve) => child.once('exit', resolve));
  killGroup(child);
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
