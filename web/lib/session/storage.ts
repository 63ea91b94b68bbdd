/**
 * What the page remembers in this browser, as JSON. Where `localStorage` is missing, forbidden or full, nothing is
 * remembered, and nothing else fails.
 */

const TAB = 'spacetimedb-chat:tab';

/** What is kept under `key`; `undefined` when there is nothing, or nothing that can be read. */
export function recall(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps `value` under `key`; `undefined` forgets what was there. */
export function remember(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // See above.
  }
}

/** All keys under which something is kept that begin with `prefix`. */
export function keysOf(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/**
 * A name for this tab, which stays over a reload. A tab that was made as a copy of another has the name of that one.
 *
 * @param anew gives it another one
 */
export function tabName(anew = false): string {
  const made = Math.random().toString(36).slice(2);
  try {
    const name = (!anew && sessionStorage.getItem(TAB)) || made;
    sessionStorage.setItem(TAB, name);
    return name;
  } catch {
    return made;
  }
}
