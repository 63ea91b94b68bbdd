import type { ChatMessage } from 'spacetimedb-stores/chat';

/** Tells which messages of a list were not in the one before, once the server has them. */
export class Arrivals {
  #known: Set<string> | undefined;

  /**
   * @param messages oldest first, as they are now
   * @returns those that have been added at the end, oldest first; `undefined` for the first list
   */
  next(messages: readonly ChatMessage[]): ChatMessage[] | undefined {
    const known = this.#known;
    const fresh: ChatMessage[] = [];
    // New ones stand last; what is added before them is older, and no news.
    for (let index = messages.length - 1; index >= 0; index--) {
      const message = messages[index] as ChatMessage;
      if (message.status !== 'sent') continue;
      if (!known || known.has(message.key)) break;
      fresh.push(message);
    }
    this.#known = new Set(messages.slice(-100).flatMap(({ key, status }) => (status === 'sent' ? key : [])));
    return known && fresh.reverse();
  }
}
