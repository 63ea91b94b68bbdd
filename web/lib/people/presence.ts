import type { ChatUser } from 'spacetimedb-stores/chat';

export interface Presence {
  online: ChatUser[];
  offline: ChatUser[];
}

const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

/** As many can be sorted at every change without anybody noticing. */
const SORTED = 1_000;

/**
 * Who is here and who is not, each in the order in which one looks for a name: yourself, then those with a name
 * by that name, then the others. When there are more than 1,000, those of a group stay in the order that they come in.
 *
 * @param users by label, as the stores give them
 */
export function byPresence(users: readonly ChatUser[]): Presence {
  if (users.length > SORTED) return inGroups(users);
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

/** Names as they are searched in, by their people. */
const lowered = new WeakMap<ChatUser, string>();

function lowerNameOf(user: ChatUser): string {
  let name = lowered.get(user);
  if (name === undefined) lowered.set(user, (name = user.name?.toLocaleLowerCase() ?? ''));
  return name;
}

/** Those whose name has `text` in it, whatever the case, and those whose identity begins with it. */
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
