/** What is being written in a room, and what could not be sent there: kept in this browser until it has arrived. */
import { recall, remember } from './storage.ts';

export interface Draft {
  /** What to begin with: what was left unsent, then what was being written. */
  load(): string;
  /** Keeps what is being written now, and the texts that the server does not have. */
  save(text: string, unsent: readonly string[]): void;
}

/** @param room names the room: its server's host, and its database */
export function draftOf(room: string): Draft {
  const key = `spacetimedb-chat:draft:${room}`;
  let saved: string | undefined;
  return {
    load: () => {
      const saved = recall(key);
      const texts = Array.isArray(saved)
        ? saved.filter((text) => typeof text === 'string' && text !== '')
        : [];
      return texts.join('\n');
    },
    save: (text, unsent) => {
      const texts = [...unsent, text].filter(Boolean);
      // Asked to at every message that arrives.
      if (saved === (saved = texts.join('\0'))) return;
      remember(key, texts.length > 0 ? texts : undefined);
    },
  };
}
