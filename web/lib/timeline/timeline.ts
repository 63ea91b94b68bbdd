/** What stands in the list of messages, in its order: the messages, and between them what changed about people. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
import type { PresenceEvent } from '../people/presence-events.ts';
import { sameDay } from '../ui/time.ts';

export type ShownMessage = ChatMessage;

export type TimelineItem = ShownMessage | PresenceEvent;

const RUN = 5 * 60 * 1000;

/** The texts of one's own messages that the server does not have. They stand last, so the others are not looked at. */
export function unsentTexts(messages: readonly ShownMessage[]): string[] {
  const texts: string[] = [];
  for (let index = sentCount(messages); index < messages.length; index++) {
    texts.push((messages[index] as ShownMessage).text);
  }
  return texts;
}

/** When the last message that the server has was sent, in milliseconds since the Unix epoch. */
export function lastSent(messages: readonly ShownMessage[]): number {
  return messages[sentCount(messages) - 1]?.sent.getTime() ?? -Infinity;
}

function sentCount(messages: readonly ShownMessage[]): number {
  let count = messages.length;
  while (count > 0 && messages[count - 1]?.status !== 'sent') count--;
  return count;
}

export function isMessage(item: TimelineItem): item is ShownMessage {
  return 'text' in item;
}

/** Whether `item` is the first of its day, given the one before it. */
export function startsDay(item: TimelineItem, before: TimelineItem | undefined): boolean {
  return !before || !sameDay(item.sent, before.sent);
}

/**
 * Whether `message` is shown with its author, given what stands before it: not when the same person goes on writing
 * within five minutes.
 */
export function startsRun(message: ShownMessage, before: TimelineItem | undefined): boolean {
  return (
    startsDay(message, before) ||
    !before ||
    !isMessage(before) ||
    before.author.id !== message.author.id ||
    message.sent.getTime() - before.sent.getTime() > RUN
  );
}
