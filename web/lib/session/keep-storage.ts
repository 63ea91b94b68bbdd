/** Safari and other browsers on WebKit delete what pages store after seven days of use without a visit. */
export function deletesUnvisited(): boolean {
  return navigator.vendor.startsWith('Apple');
}

/**
 * Asks the browser not to delete what this page stores, such as the sign-in key. It decides by itself how often the
 * page is used.
 *
 * @param mayAsk whether a browser may put the question to the person, as Firefox does; right after a click only
 */
export async function keepStorage(mayAsk = false): Promise<void> {
  // Firefox names no vendor.
  if (!mayAsk && navigator.vendor === '') return;
  try {
    await navigator.storage?.persist?.();
  } catch {
    // Not on this page.
  }
}
