/** Whether `text` looks like a token: three base64 parts. Only the server knows whether it is valid. */
export function isToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}
