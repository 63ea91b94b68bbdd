/** What the emoji picker remembers in this browser: the skin tone and the emoji used last. */
import { getContext, setContext } from 'svelte';
import { readStorage, writeStorage } from '../session/storage.ts';
import type { SkinTone } from './skin-tone.ts';

const STORAGE = 'spacetimedb-chat:emoji';
const KEY = Symbol();
/** Three rows on most screens. */
const MAX_RECENT = 24;

interface EmojiMemory {
  tone: SkinTone;
  /** Without skin tones, the last one first. */
  recent: readonly string[];
}

/** Used until the page is closed if nothing may be stored. */
let unsaved: EmojiMemory = { tone: 0, recent: [] };

export interface EmojiStorage {
  load(): EmojiMemory;
  save(memory: EmojiMemory): void;
}

/** Returns where the picker remembers things. Call it while a component initialises. */
export function useEmojiStorage(): EmojiStorage {
  const isAllowed = getContext<(() => boolean) | undefined>(KEY) ?? (() => true);
  return {
    load: () => (isAllowed() ? parse(readStorage(STORAGE)) : unsaved),
    save: (memory) => {
      if (isAllowed()) writeStorage(STORAGE, memory);
      else unsaved = memory;
    },
  };
}

/** Says whether pickers inside the current component may use the browser's storage. By default, they may. */
export function provideEmojiStorage(isAllowed: () => boolean): void {
  setContext(KEY, isAllowed);
}

/** Returns the emoji used last when `emoji` has just been used. */
export function withRecent(recent: readonly string[], emoji: string): string[] {
  return [emoji, ...recent.filter((other) => other !== emoji)].slice(0, MAX_RECENT);
}

function parse(saved: unknown): EmojiMemory {
  const { tone, recent } = (typeof saved === 'object' && saved !== null ? saved : {}) as Record<
    string,
    unknown
  >;
  return {
    tone:
      typeof tone === 'number' && Number.isInteger(tone) && tone >= 0 && tone <= 5 ? (tone as SkinTone) : 0,
    recent: Array.isArray(recent)
      ? recent.filter((emoji) => typeof emoji === 'string').slice(0, MAX_RECENT)
      : [],
  };
}
