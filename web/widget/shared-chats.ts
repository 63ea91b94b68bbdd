/** Open chats of the page, shared by elements that show the same room as the same person. */
import { openChat, type OpenChat } from '../lib/session/open-chat.ts';
import type { ServerAddress } from '../lib/session/server-address.ts';
import type { TokenStorage } from './spacetimedb-chat.d.ts';
import { tokensIn } from './token-storage.ts';

const chats = new Map<string, { chat: OpenChat; users: number }>();

/** A chat that stays open until `release` is called. */
export interface Lease extends OpenChat {
  release(): void;
}

/** Opens the chat at `settings`, or shares one that is already open. */
export function leaseChat(settings: ServerAddress, storage: TokenStorage): Lease {
  const key = `${storage} ${settings.database} ${settings.uri}`;
  const entry = chats.get(key) ?? {
    chat: openChat(settings, { tokens: tokensIn(storage) }),
    users: 0,
  };
  entry.users++;
  chats.set(key, entry);
  let released = false;
  return {
    ...entry.chat,
    release: () => {
      if (released) return;
      released = true;
      if (--entry.users > 0) return;
      chats.delete(key);
      entry.chat.connection.close();
    },
  };
}
