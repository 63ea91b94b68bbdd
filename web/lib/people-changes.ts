/** Notices who joins, leaves and is renamed, from one list of people to the next. */
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { lastSent } from './flow.ts';

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
   * @param messages those that are here, oldest first
   */
  update(people: readonly ChatUser[] | undefined, messages: readonly ChatMessage[], now: Date): void {
    if (!people) {
      this.#known = undefined;
      return;
    }
    const before = this.#known;
    this.#known = new Map(people.map((person) => [person.id, person]));
    if (!before) return;
    const after = lastSent(messages);
    for (const person of people) {
      const old = before.get(person.id);
      if (old === person || person.isMe) continue;
      const note = (change: PeopleChange['change'], was?: string): void =>
        this.#note({ key: `change-${++this.#made}`, change, person, was, sent: now, after });
      if (old && old.name !== person.name && !this.#introduce(old, person, messages)) {
        note('renamed', old.label);
      }
      if ((old?.online ?? false) !== person.online) note(person.online ? 'joined' : 'left');
    }
  }

  /**
   * Has the line that tells of someone's coming tell the name that they have chosen since, if it is their first one and
   * nothing was told of them, or said by them, meanwhile.
   *
   * @returns whether it does
   */
  #introduce(old: ChatUser, person: ChatUser, messages: readonly ChatMessage[]): boolean {
    const last = this.list.findLast((known) => known.person.id === person.id);
    if (old.name !== undefined || last?.change !== 'joined') return false;
    const said = messages.findLast(({ author }) => author.id === person.id);
    if (said && said.sent.getTime() > last.after) return false;
    this.list = this.list.map((known) => (known === last ? { ...known, person } : known));
    return true;
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
