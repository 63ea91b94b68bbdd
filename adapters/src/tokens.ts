import type { TokenStore } from './types.ts';

/**
 * What tokens are kept under: they are good for one host, and the same person may be someone else in another
 * database.
 */
export function tokenKey(uri: string, database: string): string {
  const { host, pathname } = new URL(uri);
  return `spacetimedb:${host}${pathname.replace(/\/$/, '')}/${database}`;
}

/** Keeps tokens as long as the page lives. */
export function memoryTokens(): TokenStore {
  const tokens = new Map<string, string>();
  return {
    get: (key) => tokens.get(key),
    set: (key, token) => void tokens.set(key, token),
    remove: (key) => void tokens.delete(key),
  };
}

/**
 * Keeps tokens in the browser, and in memory where that is missing, forbidden or full.
 * @param storage where: `localStorage` by default; asked for whenever it is used, since even that may be forbidden
 */
export function browserTokens(storage: () => Storage = () => window.localStorage): TokenStore {
  const memory = memoryTokens();
  const attempt = <T>(run: (storage: Storage) => T): T | undefined => {
    try {
      return run(storage());
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)) ?? undefined,
    set: (key, token) => {
      memory.set(key, token);
      attempt((storage) => storage.setItem(key, token));
    },
    remove: (key) => {
      memory.remove(key);
      attempt((storage) => storage.removeItem(key));
    },
  };
}
