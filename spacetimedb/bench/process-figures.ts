/** What the system says about another process. `ps` is on every Unix; it takes a process of its own to ask. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const ps = promisify(execFile);

/** Ticks that Linux counts in a second of processor time, on every platform that Node supports. */
const TICKS = 100;

/**
 * Seconds of processor time that a process has taken.
 *
 * @returns `NaN` where the system does not say (it is read from `/proc`)
 */
export async function cpuSeconds(pid: number | undefined): Promise<number> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in brackets, may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return NaN;
  }
}

/**
 * Memory that a process has (its resident set).
 *
 * @returns megabytes; `undefined` when the process is gone
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

/** Looks at the memory of a process every second. */
export class MemoryLog {
  readonly #samples: { second: number; megabytes: number }[] = [];
  readonly #pid: number | undefined;
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param pid absent for a process elsewhere: the log stays empty then */
  constructor(pid: number | undefined) {
    this.#pid = pid;
    if (pid === undefined) return;
    void this.#sample();
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_MS);
  }

  get samples(): readonly { readonly second: number; readonly megabytes: number }[] {
    return this.#samples;
  }

  /** Looks once more, and then never again. */
  async stop(): Promise<void> {
    this.end();
    await this.#sample();
  }

  /** Does not look again. */
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
