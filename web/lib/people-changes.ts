/** Notices who joins, leaves and is renamed, from one list of people to the next. */
import type { ChatUser } from 'spacetimedb-stores/chat';
import type { FlowItem, ShownMessage } from './flow.ts';

/** One thing that changed about someone while the page was open. */
export interface PeopleChange {
  readonly key: string;
  readonly change: 'joined' | 'left' | 'renamed';
  readonly person: ChatUser;
  /** What they were called before, when `change` is `renamed`. */
  readonly was: string | undefined;
  /** When it was noticed. */
  readonly sent: Date;
  /** When the last message before it was sent, in milliseconds since the Unix epoch: the clocks here and there may differ. */
  readonly after: number;
}

/** How many are kept; older ones are forgotten. */
const LIMIT = 200;
/** Someone who is back within this many milliseconds, after reloading the page, never left. */
const BLINK = 15_000;

export class PeopleChanges {
  /** Oldest first; another array after every change. */
  list: readonly PeopleChange[] = [];
  #known: ReadonlyMap<string, ChatUser> | undefined;
  #made = 0;

  /**
   * @param people everybody, as of now; `undefined` while that is not known, after which what is found is taken as given
   * @param after when the last message was sent, in milliseconds since the Unix epoch
   */
  update(people: readonly ChatUser[] | undefined, after: number, now = new Date()): void {
    if (!people) {
      this.#known = undefined;
      return;
    }
    const before = this.#known;
    this.#known = new Map(people.map((person) => [person.id, person]));
    if (!before) return;
    for (const person of people) {
      const old = before.get(person.id);
      if (old === person || person.isMe) continue;
      const note = (change: PeopleChange['change'], was?: string): void =>
        this.#note({ key: `change-${++this.#made}`, change, person, was, sent: now, after });
      if (old && old.name !== person.name) note('renamed', old.label);
      if ((old?.online ?? false) !== person.online) note(person.online ? 'joined' : 'left');
    }
  }

  #note(next: PeopleChange): void {
    const { change, person, sent } = next;
    const last = this.list.findLast((known) => known.person.id === person.id && known.change !== 'renamed');
    if (
      last &&
      sent.getTime() - last.sent.getTime() < BLINK &&
      change !== 'renamed' &&
      last.change !== change
    ) {
      this.list = this.list.filter((known) => known !== last);
    } else {
      this.list = [...this.list, next].slice(-LIMIT);
    }
  }
}

/**
 * Puts the changes among the messages, each after those that were there when it was noticed.
 *
 * @param messages oldest first
 * @param changes oldest first
 * @returns `messages` itself when there are no changes
 */
export function flow(
  messages: readonly ShownMessage[],
  changes: readonly PeopleChange[],
): readonly FlowItem[] {
  const [first] = changes;
  if (!first) return messages;
  // Changes are noticed while the page is open, so all of them stand near the end.
  let index = messages.length;
  while (index > 0 && (messages[index - 1] as ShownMessage).sent.getTime() > first.after) index--;
  const items: FlowItem[] = messages.slice(0, index);
  for (const change of changes) {
    for (; index < messages.length; index++) {
      const message = messages[index] as ShownMessage;
      if (message.sent.getTime() > change.after) break;
      items.push(message);
    }
    items.push(change);
  }
  for (; index < messages.length; index++) items.push(messages[index] as ShownMessage);
  return items;
}
