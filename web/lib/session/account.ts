/** Account actions of the settings dialog. Each one reloads the page or reconnects. */

export interface Account {
  /** The sign-in token; undefined before the server has issued one. */
  readToken: () => string | undefined;
  /** Signs in with another token. */
  useToken: (token: string) => void;
  /** Forgets this identity and continues as a new person. */
  signOut: () => void;
}

/**
 * Whether `text` looks like a token: three base64 parts separated by dots. Only the server can tell whether
 * it is valid.
 */
export function isToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}
