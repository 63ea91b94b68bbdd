import { browserTokens, connect, type Connection, type Environment } from 'spacetimedb-stores';
import { createChat, type Chat } from 'spacetimedb-stores/chat';
import { installWithoutEval } from 'spacetimedb-stores/csp';
import { DbConnection } from '../../module_bindings/index.ts';
import type { Account } from './account.ts';
import type { ServerAddress } from './server-address.ts';

/** A chat and its connection. Whoever opens it must close it. */
export interface OpenChat {
  readonly chat: Chat;
  readonly connection: Connection<DbConnection>;
  readonly account: Account;
}

/**
 * Opens the chat at an address. Nothing is sent before its first store is subscribed to.
 *
 * @param reload reloads the page after a change of identity
 * @param tokens where sign-in tokens are stored; this browser by default
 * @param environment replaces browser features that the stores use
 */
export function openChat(
  { uri, database }: ServerAddress,
  reload: () => void,
  tokens = browserTokens(),
  environment: Partial<Environment> = {},
): OpenChat {
  // The page's Content Security Policy forbids the SDK to compile code.
  installWithoutEval();
  // The stores choose the storage key of the token.
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
        reload();
      },
      signOut: () => connection.signInAnew(),
    },
  };
}
