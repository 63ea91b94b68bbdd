import type { ChatMessage } from 'spacetimedb-stores/chat';
import { sameDay } from './time.ts';

const runLimit = 5 * 60 * 1000;

/** Whether `message` is the first of its day, given the one before it. */
export function startsDay(message: ChatMessage, before: ChatMessage | undefined): boolean {
  return !before || !sameDay(message.sent, before.sent);
}

/**
 * Whether `message` is shown with its author, given the one before it: not when the same person goes on writing
 * within five minutes.
 */
export function startsRun(message: ChatMessage, before: ChatMessage | undefined): boolean {
  return (
    startsDay(message, before) ||
    before?.author.id !== message.author.id ||
    message.sent.getTime() - before.sent.getTime() > runLimit
  );
}
