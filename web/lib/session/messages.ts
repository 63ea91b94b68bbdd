import type { ChatMessage } from 'spacetimedb-stores/chat';

/** Returns the texts of the reader's messages that the server does not have. They are last, so only the end is searched. */
export function unsentTexts(messages: readonly ChatMessage[]): string[] {
  return messages.slice(sentCount(messages)).map(({ text }) => text);
}

/** When the last confirmed message was sent, in milliseconds since the Unix epoch. */
export function lastSent(messages: readonly ChatMessage[]): number {
  return messages[sentCount(messages) - 1]?.sent.getTime() ?? -Infinity;
}

function sentCount(messages: readonly ChatMessage[]): number {
  let count = messages.length;
  while (count > 0 && messages[count - 1]?.status !== 'sent') count--;
  return count;
}
