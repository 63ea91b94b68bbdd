import { Store, type Scope } from './store.ts';
import type { TokenStore } from './types.ts';

/** The token that a connection signs in with, and where it is saved. */
export class SignInToken {
  readonly #tokens: TokenStore;
  readonly #current: Store<string | undefined>;
  /** Whether the user has chosen an identity, so that a token which the builder is given no longer counts. */
  isChosen = false;

  constructor(scope: Scope, tokens: TokenStore) {
    this.#tokens = tokens;
    this.#current = new Store<string | undefined>(scope, undefined);
  }

  get readable() {
    return this.#current.readable;
  }

  /**
   * The token for a try. The builder's own wins over a saved one, so that a page which signs people in by other means
   * keeps control.
   */
  choose(key: string, given: string | undefined): string | undefined {
    const token = given ?? this.#tokens.get(key);
    this.#current.set(token);
    return token;
  }

  /** Under which tabs without a token agree on who connects first. */
  lockName(key: string): string {
    return this.#tokens.lockName?.(key) ?? key;
  }

  /** The server has greeted a new identity. */
  save(key: string, token: string): void {
    this.#tokens.set(key, token);
    this.#current.set(token);
  }

  /** The user has chosen another token. */
  replace(key: string, token: string): void {
    this.isChosen = true;
    this.save(key, token);
  }

  /** The user wants a new identity. */
  forget(key: string): void {
    this.isChosen = true;
    this.#tokens.remove(key);
    this.#current.set(undefined);
  }
}
