import { browserTokens, connect, type Connection, type Environment } from 'spacetimedb-stores';
import { createChat, type Chat } from 'spacetimedb-stores/chat';
import { installWithoutEval } from 'spacetimedb-stores/csp';
import { DbConnection } from '../../module_bindings/index.ts';
import type { Account } from './account.ts';
import type { ServerAddress } from './server-address.ts';

/** A chat and the connection that it lives on; to be closed by whoever opened it. */
export interface OpenChat {
  readonly chat: Chat;
  readonly connection: Connection<DbConnection>;
  readonly account: Account;
}

/**
 * The chat at `settings`. Nothing is sent before its first store is subscribed to.
 *
 * @param startAnew has the page start anew, as someone else
 * @param tokens where who one is there is kept; this browser by default
 * @param environment replaces parts of what the stores take from the browser
 */
export function openChat(
  { uri, database }: ServerAddress,
  startAnew: () => void,
  tokens = browserTokens(),
  environment: Partial<Environment> = {},
): OpenChat {
  // The page's Content Security Policy does not let the SDK compile code.
  installWithoutEval();
  // What the token is kept under is for the stores to say.
  let key: string | undefined;
  const connection = connect(() => DbConnection.builder().withUri(uri).withDatabaseName(database), {
    tokens: { ...tokens, get: (name) => tokens.get((key = name)) },
    environment,
  });
  return {
    connection,
    chat: createChat(connection),
    account: {
      readToken: () => (key === undefined ? undefined : tokens.get(key)),
      useToken: (token) => {
        if (key === undefined) return;
        tokens.set(key, token);
        startAnew();
      },
      signOut: () => connection.signInAnew(),
    },
  };
}
