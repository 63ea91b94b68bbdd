/** In place of `base64-js`, which the SDK makes the keys of rows with. */
const CHUNK = 8192;

export function fromByteArray(bytes: Uint8Array & { toBase64?: () => string }): string {
  // Browsers of 2025 and later.
  if (bytes.toBase64) return bytes.toBase64();
  let text = '';
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(text);
}
