/**
 * Replacements for two packages that the SDK needs and that do not run in browsers unbundled: `base64-js` and
 * `safe-stable-stringify`.
 */

/** @param {Uint8Array} bytes */
export function fromByteArray(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * @param {unknown} value
 * @param {(key: string, part: unknown) => unknown} replace
 */
export function stringify(value, replace = (_key, part) => part) {
  return JSON.stringify(value, (key, part) => {
    const shown = replace(key, part);
    return typeof shown === 'bigint' ? String(shown) : shown;
  });
}
