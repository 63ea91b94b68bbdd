/** Remembers in this tab, across the pages of a site, that the teaser of a room was dismissed. */

const keyOf = (room: string): string => `spacetimedb-chat:dismissed:${room}`;

/** @param room undefined if nothing may be stored */
export function isDismissed(room: string | undefined): boolean {
  try {
    return room !== undefined && sessionStorage.getItem(keyOf(room)) !== null;
  } catch {
    return false;
  }
}

/** @param room undefined if nothing may be stored */
export function setDismissed(room: string | undefined, dismissed: boolean): void {
  if (room === undefined) return;
  try {
    if (dismissed) sessionStorage.setItem(keyOf(room), '');
    else sessionStorage.removeItem(keyOf(room));
  } catch {
    // Storage is missing, forbidden or full.
  }
}
