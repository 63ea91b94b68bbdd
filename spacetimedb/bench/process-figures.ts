/** Reads figures of another process from the system. `ps` exists on every Unix. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const ps = promisify(execFile);

/** Clock ticks per second in `/proc` on Linux, on every platform that Node supports. */
const TICKS = 100;

/**
 * Processor time that a process has used, in seconds.
 *
 * @returns `NaN` where the system has no `/proc`
 */
export async function cpuSeconds(pid: number | undefined): Promise<number> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in parentheses, may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return NaN;
  }
}

/**
 * Memory of a process (its resident set).
 *
 * @returns megabytes; `undefined` when the process has exited
 */
async function memoryOf(pid: number | undefined): Promise<number | undefined> {
  try {
    const { stdout } = await ps('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(stdout) / 1024;
  } catch {
    return undefined;
  }
}

const SAMPLE_MS = 1_000;

/** Samples the memory of a process every second. */
export class MemoryLog {
  readonly #samples: { second: number; megabytes: number }[] = [];
  readonly #pid: number | undefined;
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param pid absent for another server: the log stays empty */
  constructor(pid: number | undefined) {
    this.#pid = pid;
    if (pid === undefined) return;
    void this.#sample();
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_MS);
  }

  get samples(): readonly { readonly second: number; readonly megabytes: number }[] {
    return this.#samples;
  }

  /** Takes a last sample and stops. */
  async stop(): Promise<void> {
    this.end();
    await this.#sample();
  }

  /** Stops sampling. */
  end(): void {
    clearInterval(this.#timer);
  }

  async #sample(): Promise<void> {
    if (this.#pid === undefined) return;
    const second = Math.round(performance.now() - this.#start) / 1000;
    const megabytes = await memoryOf(this.#pid);
    if (megabytes !== undefined) this.#samples.push({ second, megabytes });
  }
}
