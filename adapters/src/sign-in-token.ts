import { Store, type Scope } from './store.ts';
import type { TokenStore } from './types.ts';

/** The token that a connection signs in with, and where it is saved. */
export class SignInToken {
  readonly #tokens: TokenStore;
  readonly #current: Store<string | undefined>;
  /** Whether the user has chosen an identity, so that a token from the builder no longer counts. */
  isChosen = false;

  constructor(scope: Scope, tokens: TokenStore) {
    this.#tokens = tokens;
    this.#current = new Store<string | undefined>(scope, undefined);
  }

  get readable() {
    return this.#current.readable;
  }

  /**
   * The token for an attempt. The builder's token wins over a saved one, so that a page with its own sign-in keeps
   * control.
   */
  choose(key: string, given: string | undefined): string | undefined {
    const token = given ?? this.#tokens.get(key);
    this.#current.set(token);
    return token;
  }

  /** The name of the lock with which tabs without a token agree on who connects first. */
  lockName(key: string): string {
    return this.#tokens.lockName?.(key) ?? key;
  }

  /** Called when the server has greeted a new identity. */
  save(key: string, token: string): void {
    this.#tokens.set(key, token);
    this.#current.set(token);
  }

  /** Called when the user has chosen another token. */
  replace(key: string, token: string): void {
    this.isChosen = true;
    this.save(key, token);
  }

  /** Called when the user wants a new identity. */
  forget(key: string): void {
    this.isChosen = true;
    this.#tokens.remove(key);
    this.#current.set(undefined);
  }
}
