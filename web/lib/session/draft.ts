/** What is being written in a room, and what could not be sent there: kept in this browser until it has arrived. */
import { keysOf, recall, remember, tabName } from './storage.ts';

export interface Draft {
  /** What to begin with: what was left unsent, then what was being written. */
  load(): string;
  /** Keeps what is being written now, and the texts that the server does not have. */
  save(text: string, unsent: readonly string[]): void;
}

/** How long a page that is being reloaded may take to let go of its draft, in milliseconds. */
const HANDOVER = 1000;

/**
 * The draft of this tab, each of which writes its own. It begins with what this tab had before a reload, and with what
 * tabs have left behind that are gone.
 *
 * @param room names the room: its server's host, and its database
 * @param end says when others may have it; by default when the page is gone
 */
export async function openDraft(room: string, end?: AbortSignal): Promise<Draft> {
  const prefix = `spacetimedb-chat:draft:${room}:`;
  let key = prefix + tabName();
  if (!(await hold(key, HANDOVER, end))) {
    // A copy of a tab that is still open has its name, too.
    key = prefix + tabName(true);
    await hold(key, HANDOVER, end);
  }
  const texts = textsUnder(key);
  for (const left of keysOf(prefix)) {
    await ifFree(left, key, () => {
      texts.push(...textsUnder(left));
      // First kept in its new place, then taken from the old one.
      remember(key, texts);
      remember(left, undefined);
    });
  }
  let saved: string | undefined;
  return {
    load: () => texts.join('\n'),
    save: (text, unsent) => {
      const texts = [...unsent, text].filter(Boolean);
      // Asked to at every message that arrives.
      if (saved === (saved = texts.join('\0'))) return;
      remember(key, texts.length > 0 ? texts : undefined);
    },
  };
}

function textsUnder(key: string): string[] {
  const saved = recall(key);
  return Array.isArray(saved) ? saved.filter((text) => typeof text === 'string' && text !== '') : [];
}

// Where there are no locks, which needs a secure page, nobody can tell which tabs are still open. What one of them is
// writing may then stand in two: better than in none.

/** Holds `key` until `end`, or as long as the page is there. Whether that could be had within `wait` milliseconds. */
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

/** Does it unless another tab holds `key`. */
async function ifFree(key: string, own: string, run: () => void): Promise<void> {
  if (key === own) return;
  if (!navigator.locks) return run();
  await navigator.locks.request(key, { ifAvailable: true }, (lock) => lock && run());
}
