/** What settings can do beyond what the page looks like. Each of them ends in a page that starts anew, or connects anew. */

export interface Account {
  /** The text that proves who one is to the server; absent before the server has given one. */
  readToken: () => string | undefined;
  /** Becomes whoever `token` proves one to be. */
  useToken: (token: string) => void;
  /** Forgets who one is, and becomes someone new. */
  signOut: () => void;
}

/** Whether `text` looks like a token: three parts in base64, which is what the server gives. Only it can say whether it is good. */
export function isToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}
