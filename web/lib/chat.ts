import { connect, type Connection } from 'spacetimedb-stores';
import { createChat, type Chat } from 'spacetimedb-stores/chat';
import { installWithoutEval } from 'spacetimedb-stores/csp';
import { DbConnection } from '../module_bindings/index.ts';
import type { Settings } from './settings.ts';

/** A chat and the connection that it lives on; to be closed by whoever opened it. */
export interface OpenChat {
  readonly chat: Chat;
  readonly connection: Connection<DbConnection>;
}

/** The chat at `settings`. Nothing is sent before its first store is subscribed to. */
export function openChat({ uri, database }: Settings): OpenChat {
  // The page's Content Security Policy does not let the SDK compile code.
  installWithoutEval();
  const connection = connect(() => DbConnection.builder().withUri(uri).withDatabaseName(database));
  return { connection, chat: createChat(connection) };
}
