/** Safari and other browsers on WebKit delete what pages store after seven days of use without a visit. */
export function deletesUnvisited(): boolean {
  return navigator.vendor.startsWith('Apple');
}

/**
 * Asks the browser not to delete what this page stores, such as the sign-in key. The browser decides, for example by
 * how often the page is used.
 *
 * @param mayAsk whether the browser may ask the person, as Firefox does; only right after a click
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
