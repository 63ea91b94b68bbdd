/** Sign-in tokens of the rooms that a site lists. All are on one server, so one identity works for all of them. */
import { browserTokens, type TokenStore } from 'spacetimedb-stores';

export interface RoomTokens extends TokenStore {
  /** Returns the token for a listed room, once a token for any of them was looked up. */
  tokenFor(database: string): string | undefined;
}

/**
 * Creates a token store that shares an identity between the listed rooms. Each token stays under its own room's key: a
 * room without one uses that of the first room that has one. Visitors who already have different identities in these
 * rooms keep them. Switching to another identity, or signing out, affects all rooms with the same one.
 *
 * @param databases of the rooms
 * @param tokens where they are stored; this browser by default
 */
export function roomTokens(databases: readonly string[], tokens: TokenStore = browserTokens()): RoomTokens {
  /** The prefix of all keys. */
  let server: string | undefined;
  /** Rooms whose identity was forgotten: the next one there is new. */
  const forgotten = new Set<string>();
  const keysBeside = (key: string): string[] => {
    const start = (server = key.slice(0, key.lastIndexOf('/') + 1));
    return databases.map((database) => start + database);
  };
  const get = (key: string): string | undefined => {
    const keys = keysBeside(key);
    const own = tokens.get(key);
    if (own !== undefined || forgotten.has(key)) return own;
    return keys.map((other) => tokens.get(other)).find((token) => token !== undefined);
  };
  /** The keys of the rooms that have a stored token. */
  const keysOf = (key: string, token: string | undefined): string[] =>
    token === undefined ? [] : keysBeside(key).filter((other) => tokens.get(other) === token);
  return {
    get,
    tokenFor: (database) => (server === undefined ? undefined : get(server + database)),
    set(key, token) {
      for (const other of keysOf(key, get(key))) tokens.set(other, token);
      tokens.set(key, token);
      forgotten.delete(key);
    },
    remove(key) {
      for (const other of keysOf(key, get(key))) tokens.remove(other);
      tokens.remove(key);
      forgotten.add(key);
    },
    // Otherwise tabs that open different rooms at the same time would become different people. The same as in app.html.
    lockName: (key) => keysBeside(key)[0] ?? key,
  };
}
