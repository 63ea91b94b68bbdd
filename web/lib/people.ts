import type { ChatUser } from 'spacetimedb-stores/chat';

export interface Presence {
  online: ChatUser[];
  offline: ChatUser[];
}

const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

/**
 * Who is here and who is not, each in the order in which one looks for a name: yourself, then those with a name
 * by that name, then the others.
 */
export function byPresence(users: readonly ChatUser[]): Presence {
  const presence: Presence = { online: [], offline: [] };
  for (const user of users) presence[user.online ? 'online' : 'offline'].push(user);
  presence.online.sort(compare);
  presence.offline.sort(compare);
  return presence;
}

/** Those whose name has `text` in it, whatever the case, and those whose identity begins with it. */
export function search(users: readonly ChatUser[], text: string): readonly ChatUser[] {
  const sought = text.trim().toLocaleLowerCase();
  if (sought === '') return users;
  return users.filter(({ name, id }) => name?.toLocaleLowerCase().includes(sought) || id.startsWith(sought));
}

function compare(a: ChatUser, b: ChatUser): number {
  return (
    Number(b.isMe) - Number(a.isMe) ||
    Number(a.name === undefined) - Number(b.name === undefined) ||
    names.compare(a.label, b.label) ||
    (a.id < b.id ? -1 : 1)
  );
}
