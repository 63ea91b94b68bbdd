/** Returns the relative address of a listed room. It leaves out all else that the page's address says. */
export function roomLink(database: string): string {
  return `?room=${encodeURIComponent(database)}`;
}
