import type { ChatMessage } from 'spacetimedb-stores/chat';

/** Finds the messages that are new compared with the previous list, once the server has them. */
export class NewMessages {
  #known: Set<string> | undefined;

  /**
   * @param messages the current messages, oldest first
   * @returns those added at the end, oldest first; `undefined` for the first list
   */
  next(messages: readonly ChatMessage[]): ChatMessage[] | undefined {
    const known = this.#known;
    const fresh: ChatMessage[] = [];
    // New messages are at the end; those added at the start are older.
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
