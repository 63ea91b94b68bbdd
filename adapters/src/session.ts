import type { Identity } from 'spacetimedb';
import { tokenKey } from './tokens.ts';
import { ConnectionFailure, Transport } from './transport.ts';
import type { Builder, Environment, TokenStore } from './types.ts';

export interface SessionOptions {
  readonly environment: Environment;
  readonly tokens: TokenStore;
  readonly timeoutMs: number;
}

export interface SessionHooks<Db> {
  guard(run: () => void): void;
  onConnect(db: Db, identity: Identity): void;
  afterMessage(): void;
  onFailure(failure: ConnectionFailure): void;
}

/**
 * Makes one connection. The SDK's `DbConnection` cannot be used again once it was disconnected, so each try
 * builds a new one. The builder's own token wins over a saved one, so that a page which signs people in by
 * other means keeps control.
 * @returns what ends the connection
 * @throws ConnectionFailure `misconfigured` when the builder refuses to build
 */
export function openSession<Db>(
  factory: () => Builder<Db>,
  { environment, tokens, timeoutMs }: SessionOptions,
  { guard, onConnect, afterMessage, onFailure }: SessionHooks<Db>,
): Transport {
  try {
    const builder = factory();
    const key = tokenKey(builder.getUri(), builder.getModuleName());
    const savedToken = tokens.get(key);
    const tooLate = `No answer within ${timeoutMs / 1000} seconds`;
    const timer = environment.setTimeout(() => transport.fail('unreachable', tooLate), timeoutMs);
    const transport = new Transport({
      environment,
      savedToken,
      guard,
      afterMessage,
      onStop: () => environment.clearTimeout(timer),
      onFailure,
    });
    builder.withWSFn(transport.open);
    builder.onConnect((db, identity, token) => {
      environment.clearTimeout(timer);
      // With a token, the server's greeting repeats the one for the socket, which soon expires.
      if (!transport.authenticated) tokens.set(key, token);
      onConnect(db, identity);
    });
    const db = builder.build() as Db & { token?: string };
    if (savedToken !== undefined) db.token ??= savedToken;
    return transport;
  } catch (error) {
    throw new ConnectionFailure('misconfigured', error instanceof Error ? error.message : String(error));
  }
}
