/**
 * Carries the reader's name over to the other rooms of a site. Each room has its own list of names, but the person is
 * the same, and nobody wants to introduce themselves in each room.
 */
import type { ChatSession } from '../session/chat-session.svelte.ts';
import { readStorage, writeStorage } from '../session/storage.ts';

/**
 * Remembers the name that the reader has in the open room, or sets the remembered one if they would be asked for one.
 * Call it when the reader or their name changes. If the room refuses the name, the reader is asked as usual.
 *
 * @param server prefix of the storage key: the host of the rooms
 */
export function carryName(
  server: string,
  { me, welcome, onrename }: Pick<ChatSession, 'me' | 'welcome' | 'onrename'>,
): void {
  if (!me) return;
  const key = `spacetimedb-chat:name:${server}`;
  if (me.name !== undefined) return writeStorage(key, { id: me.id, name: me.name });
  const known = readStorage(key) as { id?: unknown; name?: unknown } | undefined;
  if (!welcome || known?.id !== me.id || typeof known.name !== 'string') return;
  onrename(known.name).catch(() => {});
}
