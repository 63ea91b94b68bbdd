/** Links to messages: `#m=<id>`, with the id of `ChatFeatures.idOf`. */

/**
 * Reads the id of a message in an address.
 *
 * @param hash the part of the address from `#` on
 * @returns undefined if it names no message
 */
export function messageIn(hash: string): string | undefined {
  const [, id] = /^#m=([^&]{1,200})$/.exec(hash) ?? [];
  if (id === undefined) return undefined;
  try {
    return decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
