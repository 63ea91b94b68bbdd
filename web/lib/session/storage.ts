/** Stores JSON in this browser. Does nothing if `localStorage` is missing, forbidden or full. */

const TAB = 'spacetimedb-chat:tab';

/** Returns the value under `key`; `undefined` if there is none or it cannot be read. */
export function readStorage(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores `value` under `key`; `undefined` removes the key. */
export function writeStorage(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is missing, forbidden or full.
  }
}

/** Returns all keys that start with `prefix`. */
export function storageKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/**
 * Returns this tab's name, which survives reloads. A duplicated tab has the same name as the original.
 *
 * @param renew gives the tab a new name
 */
export function tabName(renew = false): string {
  const made = Math.random().toString(36).slice(2);
  try {
    const name = (!renew && sessionStorage.getItem(TAB)) || made;
    sessionStorage.setItem(TAB, name);
    return name;
  } catch {
    return made;
  }
}
