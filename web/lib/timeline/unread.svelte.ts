/** What of the room its reader has not seen yet, and where that begins. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
import { recall, remember } from '../session/storage.ts';

/**
 * Follows the messages as they arrive. Someone sees them while the end of the list is in view in a page that is not
 * hidden; what comes meanwhile is counted, and marked where it begins.
 */
export class Unread {
  /** How many messages of others have arrived unseen. */
  unseen = $state(0);
  /** The key of the message above which the new ones begin; stays there when they have been seen. */
  divider = $state<string>();
  readonly #key: string | undefined;
  /** The last message that has been taken in; `undefined` before the first list. */
  #last: { key: string | undefined; sent: number } | undefined;
  #saved: number;

  /** @param room names what is read, so that the next visit knows what was new then; without it nothing is kept */
  constructor(room?: string) {
    this.#key = room && `spacetimedb-chat:read:${room}`;
    const saved = this.#key && recall(this.#key);
    this.#saved = typeof saved === 'number' ? saved : Infinity;
  }

  /**
   * Takes in the messages as they are now.
   *
   * @param messages oldest first
   * @param seeing whether the reader sees them arrive
   * @returns those of others that are new, oldest first; none of the first list, which is there to be read
   */
  arrive(messages: readonly ChatMessage[], seeing: boolean): ChatMessage[] {
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
    if (seeing) this.seen();
    return isFirst ? [] : fresh;
  }

  /** The reader is at the end, and looks. */
  seen(): void {
    this.unseen = 0;
    const sent = this.#last?.sent;
    if (!this.#key || sent === undefined || sent === this.#saved || sent === -Infinity) return;
    this.#saved = sent;
    remember(this.#key, sent);
  }

  /** Who writes has caught up. */
  wrote(): void {
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
      // Of the saved one only the time is known; two others may share theirs.
      if (message.key === key || time < sent || (key === undefined && time === sent)) break;
      fresh.push(message);
    }
    return fresh.reverse();
  }
}

/** Index by index: a long list is read so without being copied, and what is sought is near the end. */
function lastOfOthers(messages: readonly ChatMessage[]): ChatMessage | undefined {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message && !message.mine) return message;
  }
  return undefined;
}
