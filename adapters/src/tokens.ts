import type { TokenStore } from './types.ts';

/**
 * The storage key of a token. A token is valid for one host, and the same person may have another identity in another
 * database.
 */
export function tokenKey(uri: string, database: string): string {
  const { host, pathname } = new URL(uri);
  return `spacetimedb:${host}${pathname.replace(/\/$/, '')}/${database}`;
}

/**
 * Creates a store for tokens that lasts as long as the page: each load gets a new identity.
 * @returns the store
 * @example
 * ```ts
 * const tokens = memoryTokens();
 * tokens.set('spacetimedb:localhost:3000/my-database', 'a token');
 * console.log(tokens.get('spacetimedb:localhost:3000/my-database')); // a token
 * ```
 */
export function memoryTokens(): TokenStore {
  const tokens = new Map<string, string>();
  return {
    get: (key) => tokens.get(key),
    set: (key, token) => void tokens.set(key, token),
    remove: (key) => void tokens.delete(key),
  };
}

/**
 * Creates a store for tokens in the browser. They are also kept in memory, in case the storage is missing, forbidden or
 * full.
 * @param storage returns the storage; called at each use, because a browser may forbid even the access. Default:
 * `localStorage`
 * @returns the store
 * @example
 * ```ts
 * const factory = () => DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database');
 * connect(factory, { tokens: browserTokens(() => window.sessionStorage) });
 * ```
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
