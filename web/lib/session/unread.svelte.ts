/** Tracks the unread messages of a room and where they begin. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
import { readStorage, writeStorage } from './storage.ts';

/**
 * A message counts as read if it arrives while the end of the list is in view and the page is visible. Others
 * are counted, and the first of them is marked.
 */
export class Unread {
  /** Number of unread messages by others. */
  unseen = $state(0);
  /** Key of the first new message. Kept after it was read. */
  divider = $state<string>();
  readonly #key: string | undefined;
  /** The newest message seen so far; undefined before the first list. */
  #last: { key: string | undefined; sent: number } | undefined;
  #saved: number;

  /** @param room the storage key under which the last read message is remembered; nothing is stored without it */
  constructor(room?: string) {
    this.#key = room && `spacetimedb-chat:read:${room}`;
    const saved = this.#key && readStorage(this.#key);
    this.#saved = typeof saved === 'number' ? saved : Infinity;
  }

  /**
   * Takes in the current messages.
   *
   * @param messages oldest first
   * @param seeing whether the reader sees them arrive
   * @returns new messages by others, oldest first; empty for the first list
   */
  update(messages: readonly ChatMessage[], seeing: boolean): ChatMessage[] {
    const isFirst = !this.#last;
    const fresh = this.#newerThan(messages, this.#last ?? { key: undefined, sent: this.#saved });
    const newest = lastOfOthers(messages);
    this.#last = newest
      ? { key: newest.key, sent: newest.sent.getTime() }
      : { key: undefined, sent: -Infinity };
    const [first] = fresh;
    if (first && (isFirst || !seeing)) {
      if (this.unseen === 0) this.divider = first.key;
      this.unseen += fresh.length;
    }
    if (seeing) this.markRead();
    return isFirst ? [] : fresh;
  }

  markRead(): void {
    this.unseen = 0;
    const sent = this.#last?.sent;
    if (!this.#key || sent === undefined || sent === this.#saved || sent === -Infinity) return;
    this.#saved = sent;
    writeStorage(this.#key, sent);
  }

  /** Removes the marker, because the reader has sent a message. */
  clearDivider(): void {
    this.divider = undefined;
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
      fresh.push(message);
    }
    return fresh.reverse();
  }
}

/** Searches from the end by index: a long list is not copied. */
function lastOfOthers(messages: readonly ChatMessage[]): ChatMessage | undefined {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message && !message.mine) return message;
  }
  return undefined;
}
