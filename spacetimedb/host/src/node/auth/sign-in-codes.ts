import { randomBytes } from 'node:crypto';

/** Codes that each exchange for a token once, as in the sign-in link that `npm start` prints. They end with the process. */
export class SignInCodes {
  readonly #tokens = new Map<string, string>();

  /** @returns a new code of 128 random bits, in base64url */
  issue(token: string): string {
    const code = randomBytes(16).toString('base64url');
    this.#tokens.set(code, token);
    return code;
  }

  /** @returns `undefined` for a code that was used or never issued */
  redeem(code: string): string | undefined {
    const token = this.#tokens.get(code);
    this.#tokens.delete(code);
    return token;
  }
}
