/** Runs the command line inside the test's process, which has loaded the host already. */
import { vi } from 'vitest';
import { main } from '../cli/main.ts';
import type { Finished } from './cli.ts';

/** Thrown instead of ending the process. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

/**
 * Runs a command until it exits, much faster than `runCli`. Use `runCli` and `startCli` to test what concerns the
 * process: signals, open handles that keep it alive, and `cli/run.ts`.
 */
export function runInProcess(...words: string[]): Promise<Finished> {
  return finish(() => main(words));
}

/** Runs the main function of a process until it exits. */
export async function finish(run: () => Promise<void>): Promise<Finished> {
  let [stdout, stderr] = ['', ''];
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const listeners = signals.map((signal) => process.listeners(signal));
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => void (stdout += `${String(line)}\n`)),
    vi.spyOn(console, 'error').mockImplementation((line) => void (stderr += `${String(line)}\n`)),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += text.toString();
      return true;
    }),
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Exit(Number(code));
    }),
  ];
  try {
    await run();
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    return { exitCode: error.code, stdout, stderr };
  } finally {
    for (const spy of spies) spy.mockRestore();
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal)) {
        if (!listeners[index]?.includes(listener)) process.off(signal, listener);
      }
    }
  }
}
