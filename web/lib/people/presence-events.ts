/** Detects who joins, leaves and changes their name by comparing successive lists of people. */
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { lastSent } from '../session/messages.ts';

/** One change to a person while the page was open. */
export interface PresenceEvent {
  readonly key: string;
  readonly change: 'joined' | 'left' | 'renamed';
  readonly person: ChatUser;
  /** The former name, if `change` is `renamed`. */
  readonly was: string | undefined;
  /** When the page noticed it. */
  readonly sent: Date;
  /**
   * When the message before it was sent, in milliseconds since the Unix epoch. Orders events among messages,
   * because the clocks of server and browser may differ.
   */
  readonly after: number;
}

/** How many events are kept. */
const MAX_EVENTS = 200;
/** In larger rooms, events would be noise and comparing the lists would take too long. */
const MAX_PEOPLE = 1_000;
/** Someone who returns within this many milliseconds has only reloaded the page. */
const RELOAD_MS = 15_000;
/** A stopping server disconnects everyone within this many milliseconds. */
const SHUTDOWN_MS = 3_000;
/**
 * How long after a reconnect others may still be on their way back, in milliseconds. They wait up to 15
 * seconds between attempts, and browsers limit background tabs to one timer a minute.
 */
const RECONNECT_MS = 60_000;

export class PresenceEvents {
  /** Oldest first. Replaced on every change. */
  list: readonly PresenceEvent[] = [];
  #known: ReadonlyMap<string, ChatUser> | undefined;
  /** People who were online when the connection was lost and have not been seen since. */
  #awaited = new Set<string>();
  #awaitedUntil = 0;
  #made = 0;

  /**
   * Compares `everybody` with the previous call and records the changes.
   *
   * A stopping server disconnects everyone one by one, so the last ones still see others leave; after the
   * restart everyone reconnects at their own time. Therefore people who were online when the connection was
   * lost, or shortly before, and return soon after it is back, have neither left nor joined.
   *
   * @param everybody the current people; `undefined` while unknown. The first list after that, or after one
   *   of more than 1,000 people, is not compared
   * @param messages the current messages, oldest first
   */
  update(everybody: readonly ChatUser[] | undefined, messages: readonly ChatMessage[], now: Date): void {
    const people = everybody && everybody.length > MAX_PEOPLE ? undefined : everybody;
    if (!people) {
      if (this.#known) this.#await([...this.#known.values()], now.getTime());
      this.#known = undefined;
      return;
    }
    const before = this.#known;
    this.#known = new Map(people.map((person) => [person.id, person]));
    if (!before) {
      this.#awaitedUntil = now.getTime() + RECONNECT_MS;
      for (const { id, online } of people) if (online) this.#awaited.delete(id);
      return;
    }
    const after = lastSent(messages);
    const note = (person: ChatUser, change: PresenceEvent['change'], was?: string): void =>
      this.#note({ key: `change-${++this.#made}`, change, person, was, sent: now, after });
    // The module deletes visitors who leave without having written.
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

  /** Starts waiting for people who were online, and drops the events of those who seemed to leave just now. */
  #await(known: readonly ChatUser[], now: number): void {
    if (now >= this.#awaitedUntil) this.#awaited.clear();
    for (const { id, online } of known) {
      const last = this.#lastMove(id);
      const sentAway = last?.change === 'left' && now - last.sent.getTime() < SHUTDOWN_MS;
      if (sentAway) this.list = this.list.filter((change) => change !== last);
      if (online || sentAway) this.#awaited.add(id);
    }
  }

  #lastMove(id: string): PresenceEvent | undefined {
    return this.list.findLast(({ person, change }) => person.id === id && change !== 'renamed');
  }

  /**
   * Puts the first name of someone who has just joined on the line that reported them, unless something else
   * was reported about them or they have written in between.
   *
   * @returns whether it did
   */
  #introduce(old: ChatUser, person: ChatUser, messages: readonly ChatMessage[]): boolean {
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
      sent.getTime() - last.sent.getTime() < RELOAD_MS &&
      change !== 'renamed' &&
      last.change !== change
    ) {
      this.list = this.list.filter((known) => known !== last);
    } else {
      this.list = [...this.list, next].slice(-MAX_EVENTS);
    }
  }
}
