/** The people that can be mentioned. */
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { folded } from '../emoji/search.ts';

/** How many messages back an author counts as recent. */
const RECENT_MESSAGES = 200;

const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
const foldedNames = new WeakMap<ChatUser, string>();

function foldedName(user: ChatUser): string {
  let name = foldedNames.get(user);
  if (name === undefined) foldedNames.set(user, (name = folded(user.label)));
  return name;
}

/** Returns the last authors by identity, with how many messages ago they wrote. */
export function recentAuthors(messages: readonly ChatMessage[]): ReadonlyMap<string, number> {
  const recent = new Map<string, number>();
  for (const [ago, { author }] of messages.slice(-RECENT_MESSAGES).reverse().entries()) {
    if (!recent.has(author.id)) recent.set(author.id, ago);
  }
  return recent;
}

/**
 * Returns the people whose name, or a word of it, starts with `query` in any case and without accents: first those who
 * are online, then recent authors, then the others. The reader is not among them.
 *
 * @param recent as returned by `recentAuthors`
 * @param limit the largest number of people
 */
export function findPeople(
  users: readonly ChatUser[],
  recent: ReadonlyMap<string, number>,
  query: string,
  limit: number,
): ChatUser[] {
  const sought = folded(query);
  // The name is complete, although others may begin with it.
  if (sought.endsWith(' ') && users.some((user) => foldedName(user) === sought.trimEnd())) return [];
  const found = users.filter((user) => !user.isMe && matches(foldedName(user), sought));
  const group = (user: ChatUser): number => (user.online ? 0 : recent.has(user.id) ? 1 : user.name ? 2 : 3);
  const isStart = (user: ChatUser): boolean => foldedName(user).startsWith(sought);
  const ago = (user: ChatUser): number => recent.get(user.id) ?? RECENT_MESSAGES;
  return found
    .sort(
      (a, b) =>
        group(a) - group(b) ||
        Number(isStart(b)) - Number(isStart(a)) ||
        ago(a) - ago(b) ||
        names.compare(a.label, b.label),
    )
    .slice(0, limit);
}

function matches(name: string, sought: string): boolean {
  if (name.startsWith(sought)) return true;
  // A space ends the text of a mention unless the name also has a space there.
  return !sought.includes(' ') && name.split(/[\s\-_.]/).some((word) => word.startsWith(sought));
}
