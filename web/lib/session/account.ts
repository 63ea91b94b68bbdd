/**
 * Whether `text` looks like a token: three base64 parts separated by dots. Only the server can tell whether
 * it is valid.
 */
export function isToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}
