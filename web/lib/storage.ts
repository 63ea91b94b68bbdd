/**
 * What the page remembers in this browser, as JSON. Where `localStorage` is missing, forbidden or full, nothing is
 * remembered, and nothing else fails.
 */

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
