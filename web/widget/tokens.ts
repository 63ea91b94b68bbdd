import { browserTokens, memoryTokens, type TokenStore } from 'spacetimedb-stores';
import type { TokenStorage } from './spacetimedb-chat.d.ts';

/** Where it is kept who one is: in this browser, in this tab, or nowhere, so that every page is someone new. */
export function tokensIn(storage: TokenStorage): TokenStore {
  if (storage === 'local') return browserTokens();
  const memory = memoryTokens();
  if (storage === 'none') return memory;
  const attempt = <T>(run: (storage: Storage) => T): T | undefined => {
    try {
      return run(sessionStorage);
    } catch {
      // Missing, forbidden or full: then it lives as long as the page.
      return undefined;
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt((kept) => kept.getItem(key)) ?? undefined,
    set: (key, token) => {
      memory.set(key, token);
      attempt((kept) => kept.setItem(key, token));
    },
    remove: (key) => {
      memory.remove(key);
      attempt((kept) => kept.removeItem(key));
    },
  };
}
