import type { ChatUser } from 'spacetimedb-stores/chat';

export interface Presence {
  online: ChatUser[];
  offline: ChatUser[];
}

const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

/** How many people can be sorted on every change without a noticeable delay. */
const MAX_SORTED = 1_000;

/**
 * Groups people by presence. Each group starts with the reader, then lists people by name, then people
 * without a name. With more than 1,000 people, each group keeps the given order.
 *
 * @param users sorted by label, as the stores provide them
 */
export function byPresence(users: readonly ChatUser[]): Presence {
  if (users.length > MAX_SORTED) return inGroups(users);
  const presence: Presence = { online: [], offline: [] };
  for (const user of users) presence[user.online ? 'online' : 'offline'].push(user);
  presence.online.sort(compare);
  presence.offline.sort(compare);
  return presence;
}

function inGroups(users: readonly ChatUser[]): Presence {
  const here: ChatUser[][] = [[], [], []];
  const away: ChatUser[][] = [[], [], []];
  for (const user of users) {
    const group = user.isMe ? 0 : user.name !== undefined ? 1 : 2;
    (user.online ? here : away)[group]?.push(user);
  }
  return { online: here.flat(), offline: away.flat() };
}

/** Lower-case names for searching. */
const lowered = new WeakMap<ChatUser, string>();

function lowerNameOf(user: ChatUser): string {
  let name = lowered.get(user);
  if (name === undefined) lowered.set(user, (name = user.label.toLocaleLowerCase()));
  return name;
}

/** Returns the people whose name or guest name contains `text` in any case, or whose identity starts with it. */
export function search(users: readonly ChatUser[], text: string): readonly ChatUser[] {
  const sought = text.trim().toLocaleLowerCase();
  if (sought === '') return users;
  return users.filter((user) => lowerNameOf(user).includes(sought) || user.id.startsWith(sought));
}

function compare(a: ChatUser, b: ChatUser): number {
  return (
    Number(b.isMe) - Number(a.isMe) ||
    Number(a.name === undefined) - Number(b.name === undefined) ||
    names.compare(a.label, b.label) ||
    (a.id < b.id ? -1 : 1)
  );
}
