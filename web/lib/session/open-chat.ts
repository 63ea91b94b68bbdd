import { connect, type Connection, type ConnectOptions } from 'spacetimedb-stores';
import { createChat, type Chat } from 'spacetimedb-stores/chat';
import { installWithoutEval } from 'spacetimedb-stores/csp';
import { guestName } from '../../../spacetimedb/src/guest-names.ts';
import { retryAfterMs } from '../../../spacetimedb/src/refusal-texts.ts';
import { DbConnection } from '../../module_bindings/index.ts';
import type { ServerAddress } from './server-address.ts';

/** A chat and its connection. The caller must close it. */
export interface OpenChat {
  readonly chat: Chat;
  readonly connection: Connection<DbConnection>;
}

/**
 * Opens the chat at an address. Nothing is sent before its first store is subscribed to.
 *
 * @param options where the sign-in token is stored (by default in this browser), and replacements for browser
 *   features that the stores use
 */
export function openChat(
  { uri, database }: ServerAddress,
  options: Pick<ConnectOptions, 'tokens' | 'environment'> = {},
): OpenChat {
  // The page's Content Security Policy forbids the SDK to compile code.
  installWithoutEval();
  const connection = connect(() => DbConnection.builder().withUri(uri).withDatabaseName(database), options);
  const chat = createChat(connection, {
    guestName,
    retryAfterMs: ({ code, message }) => (code === 'refused' ? retryAfterMs(message) : undefined),
  });
  return { connection, chat };
}
