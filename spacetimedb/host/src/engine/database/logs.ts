import type { LogLevel, LogReader, LogRecord } from '../database-api.ts';

/** Records kept in memory; older ones are dropped. The real server keeps a file per day. */
const KEPT_RECORDS = 10_000;

/** Marks lines that the host writes itself. `spacetime logs` shows it neither as a file nor as a function. */
const HOST_SENTINEL = '__spacetimedb__';

/** The levels that the module library's `console` sends. */
const LEVELS: Readonly<Record<number, LogLevel>> = {
  0: 'Error',
  1: 'Warn',
  2: 'Info',
  3: 'Debug',
  4: 'Trace',
  101: 'Panic',
};

/** The log level for a number from the module. Unknown numbers map as on the real host. */
export function logLevel(level: number): LogLevel {
  return LEVELS[level] ?? 'Debug';
}

/** The log of one database. */
export class DatabaseLog implements LogReader {
  readonly #records: LogRecord[] = [];
  /** The number of old records that were dropped. */
  #dropped = 0;
  /** The listeners, each with the function to call when the log ends. */
  readonly #followers = new Map<(record: LogRecord) => void, () => void>();

  write(record: LogRecord): void {
    this.#records.push(record);
    if (this.#records.length > 2 * KEPT_RECORDS) {
      this.#dropped += this.#records.splice(0, this.#records.length - KEPT_RECORDS).length;
    }
    for (const listener of this.#followers.keys()) listener(record);
  }

  /**
   * Writes a log line of the host. `spacetime logs` shows no source location for it.
   *
   * @param functionName the module function that it is about, if any
   */
  writeSystem(level: LogLevel, ts: number, message: string, functionName = HOST_SENTINEL): void {
    this.write({
      level,
      ts,
      target: HOST_SENTINEL,
      filename: HOST_SENTINEL,
      function: functionName,
      message,
    });
  }

  /** The number of records written so far. */
  get written(): number {
    return this.#dropped + this.#records.length;
  }

  /** Drops all records except the first `written`. */
  goBackTo(written: number): void {
    this.#records.length = Math.min(this.#records.length, Math.max(0, written - this.#dropped));
  }

  tail(count = KEPT_RECORDS): readonly LogRecord[] {
    return count <= 0 ? [] : this.#records.slice(-count);
  }

  follow(listener: (record: LogRecord) => void, onEnd: () => void): () => void {
    this.#followers.set(listener, onEnd);
    return () => this.#followers.delete(listener);
  }

  /** Ends the log for its followers, because its database is closed. */
  end(): void {
    for (const onEnd of this.#followers.values()) onEnd();
    this.#followers.clear();
  }
}
