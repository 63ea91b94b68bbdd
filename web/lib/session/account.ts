/** Whether `text` looks like a token: three parts in base64, which is what the server gives. Only it can say whether it is good. */
export function isToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}
