/** Returns the relative address of a listed room. It leaves out everything else in the page's address. */
export function roomLink(database: string): string {
  return `?room=${encodeURIComponent(database)}`;
}

/** Returns the host of a server, as in storage keys, and the address that counts what is unread in a room. */
export function countAddress(uri: string, database: string): { host: string; href: string } {
  const { host, href } = new URL(`v1/database/${database}/call/count_unread`, uri.replace(/^ws/i, 'http'));
  return { host, href };
}
