/** Counts unread messages in the rooms that are not open, by polling the server. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { readStorage } from '../session/storage.ts';
import { countAddress } from './room-link.ts';

/** What is unread in a room. The server counts up to 100 of each. */
export interface RoomCount {
  readonly messages: number;
  readonly mentions: number;
}

export interface RoomCountsOptions {
  /** The server's address. */
  readonly uri: string;
  /** The databases of the rooms that are not open. */
  readonly databases: () => readonly string[];
  /** The sign-in token for a room. */
  readonly tokenFor: (database: string) => string | undefined;
}

const PERIOD_MS = 60_000;
const nothing: RoomCount = { messages: 0, mentions: 0 };

export class RoomCounts {
  readonly #options: RoomCountsOptions;
  readonly #counts = new SvelteMap<string, RoomCount>();
  /** Rooms whose server does not count, or refuses the reader. Asking again is pointless. */
  readonly #silent = new SvelteSet<string>();

  constructor(options: RoomCountsOptions) {
    this.#options = options;
  }

  /** The unread counts of a room, if known. Reactive. */
  of(database: string): RoomCount {
    return this.#counts.get(database) ?? nothing;
  }

  /** Drops the counts of a room that is being opened. */
  clear(database: string): void {
    this.#counts.delete(database);
  }

  /** Asks now, whenever the page becomes visible, and every minute while it is. @returns stops asking */
  start(): () => void {
    const end = new AbortController();
    const { signal } = end;
    const ask = (): void => {
      if (!document.hidden) void this.refresh(signal);
    };
    const timer = setInterval(ask, PERIOD_MS);
    document.addEventListener('visibilitychange', ask, { signal });
    ask();
    return () => {
      clearInterval(timer);
      end.abort();
    };
  }

  /** Asks the server about all rooms that are not open. */
  async refresh(signal?: AbortSignal): Promise<void> {
    await Promise.all(this.#options.databases().map((database) => this.#count(database, signal)));
  }

  async #count(database: string, signal: AbortSignal | undefined): Promise<void> {
    const { uri, tokenFor, databases } = this.#options;
    const token = tokenFor(database);
    const { host, href } = countAddress(uri, database);
    // A room sees each request as a short visit, so skip rooms where the reader has never been.
    const hasVisited = readStorage(`spacetimedb-chat:read:${host}/${database}`) !== undefined;
    if (token === undefined || !hasVisited || this.#silent.has(database)) return;
    try {
      const response = await fetch(href, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: '[]',
        ...(signal && { signal }),
      });
      if (response.status >= 400 && response.status < 500 && response.status !== 429) {
        this.#silent.add(database);
      }
      const count = response.ok ? countIn(await response.json()) : undefined;
      // The room may have been opened in the meantime.
      if (count && databases().includes(database)) this.#counts.set(database, count);
      if (this.#silent.has(database)) this.#counts.delete(database);
    } catch {
      // No answer. The last counts stay until the next one.
    }
  }
}

/** Reads the answer: the two numbers in order, or by name. */
function countIn(answer: unknown): RoomCount | undefined {
  const [messages, mentions] = Array.isArray(answer)
    ? (answer as unknown[])
    : [(answer as Partial<RoomCount> | null)?.messages, (answer as Partial<RoomCount> | null)?.mentions];
  return Number.isInteger(messages) && Number.isInteger(mentions)
    ? { messages: messages as number, mentions: mentions as number }
    : undefined;
}
