/** Notices who joins, leaves and is renamed, from one list of people to the next. */
import type { ChatUser } from 'spacetimedb-stores/chat';
import { lastSent, type TimelineItem, type ShownMessage } from '../timeline/timeline.ts';

/** One thing that changed about someone while the page was open. */
export interface PresenceEvent {
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
/** In a room with more people, comings and goings are no news, and telling them apart takes too long. */
const MOST_PEOPLE = 1_000;
/** Someone who is back within this many milliseconds, after reloading the page, never left. */
const BLINK = 15_000;
/** A server that stops sends everybody away within so many milliseconds. */
const GOING = 3_000;
/**
 * For so many milliseconds after news come again, others may still be on their way back: they wait for up to 15 seconds
 * between two tries, and in the background a browser lets them try only once a minute.
 */
const SETTLE = 60_000;

export class PresenceEvents {
  /** Oldest first; another array after every change. */
  list: readonly PresenceEvent[] = [];
  #known: ReadonlyMap<string, ChatUser> | undefined;
  /** Those who were here when news stopped, and have not been seen since. */
  #awaited = new Set<string>();
  #awaitedUntil = 0;
  #made = 0;

  /**
   * A server that goes away takes everybody along: it sends them away one after the other, so that the last ones still see
   * others leave; and once it is there again all come back, each at a time of their own. So whoever was here when news
   * stopped, or a moment before, and is again soon after news have come again, has neither left nor joined.
   *
   * @param everybody as of now; `undefined` while that is not known, after which what is found is taken as given. The same
   *   holds while there are more than 1,000
   * @param messages those that are here, oldest first
   */
  update(everybody: readonly ChatUser[] | undefined, messages: readonly ShownMessage[], now: Date): void {
    const people = everybody && everybody.length > MOST_PEOPLE ? undefined : everybody;
    if (!people) {
      if (this.#known) this.#await([...this.#known.values()], now.getTime());
      this.#known = undefined;
      return;
    }
    const before = this.#known;
    this.#known = new Map(people.map((person) => [person.id, person]));
    if (!before) {
      this.#awaitedUntil = now.getTime() + SETTLE;
      for (const { id, online } of people) if (online) this.#awaited.delete(id);
      return;
    }
    const after = lastSent(messages);
    const note = (person: ChatUser, change: PresenceEvent['change'], was?: string): void =>
      this.#note({ key: `change-${++this.#made}`, change, person, was, sent: now, after });
    // The module deletes visitors who leave without a word.
    for (const person of before.values()) {
      if (person.online && !person.isMe && !this.#known.has(person.id)) note(person, 'left');
    }
    for (const person of people) {
      const old = before.get(person.id);
      if (old === person || person.isMe) continue;
      if (old && old.name !== person.name && !this.#introduce(old, person, messages)) {
        note(person, 'renamed', old.label);
      }
      if ((old?.online ?? false) === person.online) continue;
      const isBack = person.online && this.#awaited.delete(person.id) && now.getTime() < this.#awaitedUntil;
      if (!isBack) note(person, person.online ? 'joined' : 'left');
    }
  }

  /** Begins to wait for those who were `known` to be here, and for those who seemed to leave just now: they did not. */
  #await(known: readonly ChatUser[], now: number): void {
    if (now >= this.#awaitedUntil) this.#awaited.clear();
    for (const { id, online } of known) {
      const last = this.#lastMove(id);
      const sentAway = last?.change === 'left' && now - last.sent.getTime() < GOING;
      if (sentAway) this.list = this.list.filter((change) => change !== last);
      if (online || sentAway) this.#awaited.add(id);
    }
  }

  #lastMove(id: string): PresenceEvent | undefined {
    return this.list.findLast(({ person, change }) => person.id === id && change !== 'renamed');
  }

  /**
   * Has the line that tells of someone's coming tell the name that they have chosen since, if it is their first one and
   * nothing was told of them, or said by them, meanwhile.
   *
   * @returns whether it does
   */
  #introduce(old: ChatUser, person: ChatUser, messages: readonly ShownMessage[]): boolean {
    const last = this.list.findLast((known) => known.person.id === person.id);
    if (old.name !== undefined || last?.change !== 'joined') return false;
    const said = messages.findLast(({ author }) => author.id === person.id);
    if (said && said.sent.getTime() > last.after) return false;
    this.list = this.list.map((known) => (known === last ? { ...known, person } : known));
    return true;
  }

  #note(next: PresenceEvent): void {
    const { change, person, sent } = next;
    const last = this.#lastMove(person.id);
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
export function mergeTimeline(
  messages: readonly ShownMessage[],
  changes: readonly PresenceEvent[],
): readonly TimelineItem[] {
  const [first] = changes;
  if (!first) return messages;
  // Changes are noticed while the page is open, so all of them stand near the end.
  let index = messages.length;
  while (index > 0 && (messages[index - 1] as ShownMessage).sent.getTime() > first.after) index--;
  const items: TimelineItem[] = messages.slice(0, index);
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
