/** Tracks the unread messages of a room and where they begin. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
import { readStorage, writeStorage } from './storage.ts';

const nobody: ReadonlySet<string> = new Set();

/** How many unread messages are kept, to see whom they mention. */
const MAX_RECENT = 100;

/**
 * A message counts as read if it arrives while the end of the list is in view and the page is visible. Others
 * are counted, and the first of them is marked.
 */
export class Unread {
  /** Number of unread messages by others. */
  unseen = $state(0);
  /** The unread messages, oldest first: the newest hundred at most. */
  recent = $state.raw<readonly ChatMessage[]>([]);
  /** Key of the first new message. Kept after it was read. */
  divider = $state<string>();
  /** The newest message by others that the reader has seen. */
  seen = $state.raw<ChatMessage>();
  /** Identities whose messages do not count, because the reader has blocked them. */
  blocked = $state.raw(nobody);
  readonly #key: string | undefined;
  /** The newest message seen so far; undefined before the first list. */
  #last: { key: string | undefined; sent: number } | undefined;
  /** The newest message by others. */
  #newest: ChatMessage | undefined;
  #saved: number;
  /** The time up to which the reader had read in this browser before this visit. */
  readonly #before: number;
  /** Whether something was read elsewhere, as far as known. */
  #isKnown = false;

  /** @param room the storage key under which the last read message is remembered; nothing is stored without it */
  constructor(room?: string) {
    this.#key = room && `spacetimedb-chat:read:${room}`;
    const saved = this.#key && readStorage(this.#key);
    this.#before = this.#saved = typeof saved === 'number' ? saved : Infinity;
  }

  /**
   * Updates the state with the current messages.
   *
   * @param messages oldest first
   * @param seeing whether the reader sees them arrive
   * @returns new messages by others, oldest first; empty for the first list
   */
  update(messages: readonly ChatMessage[], seeing: boolean): ChatMessage[] {
    const isFirst = !this.#last;
    const fresh = this.#newerThan(messages, this.#last ?? { key: undefined, sent: this.#saved });
    const newest = messages.findLast(({ mine }) => !mine);
    this.#last = newest
      ? { key: newest.key, sent: newest.sent.getTime() }
      : { key: undefined, sent: -Infinity };
    this.#newest = newest;
    const [first] = fresh;
    if (first && (isFirst || !seeing)) {
      if (this.unseen === 0) this.divider = first.key;
      this.#count([...this.recent, ...fresh], this.unseen + fresh.length);
    }
    if (seeing) this.markRead();
    return isFirst ? [] : fresh;
  }

  /**
   * Applies the read position of another device: counts only later messages. The first call also moves the marker, if
   * that device was ahead when this visit began.
   *
   * @param until when the last message that was read there was sent
   * @param messages the current ones, oldest first
   */
  readElsewhere(until: Date, messages: readonly ChatMessage[]): void {
    const time = until.getTime();
    if (!this.#isKnown && (this.#before === Infinity || time > this.#before)) {
      this.divider = this.#newerThan(messages, { key: undefined, sent: time })[0]?.key;
    }
    this.#isKnown = true;
    const unread = this.recent.filter(({ sent }) => sent.getTime() > time);
    if (unread.length < this.recent.length) this.#count(unread, unread.length);
  }

  markRead(): void {
    this.#count([], 0);
    this.seen = this.#newest;
    const sent = this.#newest?.sent.getTime();
    if (!this.#key || sent === undefined || sent === this.#saved) return;
    this.#saved = sent;
    writeStorage(this.#key, sent);
  }

  /** Removes the marker, because the reader has sent a message. */
  clearDivider(): void {
    this.divider = undefined;
  }

  #count(messages: readonly ChatMessage[], count: number): void {
    if (count === 0 && this.unseen === 0) return;
    this.recent = messages.slice(-MAX_RECENT);
    this.unseen = count;
  }

  #newerThan(
    messages: readonly ChatMessage[],
    { key, sent }: { key: string | undefined; sent: number },
  ): ChatMessage[] {
    const fresh: ChatMessage[] = [];
    for (let index = messages.length - 1; index >= 0; index--) {
      const message = messages[index] as ChatMessage;
      if (message.mine) continue;
      const time = message.sent.getTime();
      // Only the time of the stored message is known, and two messages can share it.
      if (message.key === key || time < sent || (key === undefined && time === sent)) break;
      if (!this.blocked.has(message.author.id)) fresh.push(message);
    }
    return fresh.reverse();
  }
}
