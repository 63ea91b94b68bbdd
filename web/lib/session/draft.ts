/** The draft of a room and its unsent messages, stored in this browser until the server has them. */
import { storageKeys, readStorage, writeStorage, tabName } from './storage.ts';

export interface Draft {
  /** Returns the initial text: unsent messages, then the draft. */
  load(): string;
  /** Stores the draft and the texts that the server does not have. */
  save(text: string, unsent: readonly string[]): void;
}

/** How long a reloading page may take to release its draft, in milliseconds. */
const HANDOVER_MS = 1000;

/**
 * Opens the draft of this tab. It starts with this tab's text from before a reload and the drafts of closed tabs.
 *
 * @param room the server's host and the database
 * @param end releases the draft for other tabs; by default it is released when the page is closed
 */
export async function openDraft(room: string, end?: AbortSignal): Promise<Draft> {
  const prefix = `spacetimedb-chat:draft:${room}:`;
  let key = prefix + tabName();
  if (!(await hold(key, HANDOVER_MS, end))) {
    // A duplicated tab has the same name as the original.
    key = prefix + tabName(true);
    await hold(key, HANDOVER_MS, end);
  }
  const texts = textsUnder(key);
  for (const left of storageKeys(prefix)) {
    await ifFree(left, key, () => {
      texts.push(...textsUnder(left));
      // Store before removing, so that a crash loses nothing.
      writeStorage(key, texts);
      writeStorage(left, undefined);
    });
  }
  let saved: string | undefined;
  return {
    load: () => texts.join('\n'),
    save: (text, unsent) => {
      const texts = [...unsent, text].filter(Boolean);
      // Called on every new message, so skip unchanged texts.
      if (saved === (saved = texts.join('\0'))) return;
      writeStorage(key, texts.length > 0 ? texts : undefined);
    },
  };
}

function textsUnder(key: string): string[] {
  const saved = readStorage(key);
  return Array.isArray(saved) ? saved.filter((text) => typeof text === 'string' && text !== '') : [];
}

// Without the Web Locks API, which needs a secure page, open tabs cannot be detected. A draft may then be
// restored twice, which is better than losing it.

/**
 * Locks `key` until `end` or until the page is closed. Resolves to false if the lock was not acquired within
 * `wait` milliseconds.
 */
function hold(key: string, wait: number, end: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    if (!navigator.locks) return resolve(true);
    navigator.locks
      .request(key, { signal: AbortSignal.timeout(wait) }, () => {
        resolve(true);
        return new Promise<void>((letGo) => {
          if (end?.aborted) letGo();
          end?.addEventListener('abort', () => letGo());
        });
      })
      .catch(() => resolve(false));
  });
}

/** Runs `run` unless another tab holds `key`. */
async function ifFree(key: string, own: string, run: () => void): Promise<void> {
  if (key === own) return;
  if (!navigator.locks) return run();
  await navigator.locks.request(key, { ifAvailable: true }, (lock) => lock && run());
}
