/** The items of the message list in order: messages and presence events. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
import type { PresenceEvent } from '../people/presence-events.ts';
import { sameDay } from '../ui/time.ts';

export type TimelineItem = ChatMessage | PresenceEvent;

const RUN_MS = 5 * 60 * 1000;
/** After this many messages of a run, the author is shown again. */
const RUN_LENGTH = 8;

export function isMessage(item: TimelineItem): item is ChatMessage {
  return 'text' in item;
}

/** Whether `item` is the first of its day, given the item before it. */
export function startsDay(item: TimelineItem, before: TimelineItem | undefined): boolean {
  return !before || !sameDay(item.sent, before.sent);
}

/** Decides which messages show their author. */
export class Runs {
  /** How many messages of its run come before a message. Kept, so that rows do not change when older ones load. */
  readonly #positions = new WeakMap<ChatMessage, number>();

  /**
   * Whether a message shows its author: the first of a run by one person without a pause of five minutes, and
   * every eighth after it.
   *
   * @param items oldest first
   * @param index of a message
   */
  showsAuthor(items: readonly TimelineItem[], index: number): boolean {
    return this.#positionOf(items, index) % RUN_LENGTH === 0;
  }

  #positionOf(items: readonly TimelineItem[], index: number): number {
    let first = index;
    let position: number | undefined;
    for (; ; first--) {
      const item = items[first] as ChatMessage;
      position = this.#positions.get(item) ?? (startsRun(item, items[first - 1]) ? 0 : undefined);
      if (position !== undefined) break;
    }
    for (let at = first; at <= index; at++) this.#positions.set(items[at] as ChatMessage, position++);
    return position - 1;
  }
}

function startsRun(message: ChatMessage, before: TimelineItem | undefined): boolean {
  return (
    startsDay(message, before) ||
    !before ||
    !isMessage(before) ||
    before.author.id !== message.author.id ||
    message.sent.getTime() - before.sent.getTime() > RUN_MS
  );
}

/**
 * Merges presence events into the messages, each after the messages that existed when it happened.
 *
 * @param messages oldest first
 * @param changes oldest first
 * @returns `messages` itself if there are no events
 */
export function mergeTimeline(
  messages: readonly ChatMessage[],
  changes: readonly PresenceEvent[],
): readonly TimelineItem[] {
  const [first] = changes;
  if (!first) return messages;
  // Events happen while the page is open, so they are all near the end.
  let index = messages.length;
  while (index > 0 && (messages[index - 1] as ChatMessage).sent.getTime() > first.after) index--;
  const items: TimelineItem[] = messages.slice(0, index);
  for (const change of changes) {
    for (; index < messages.length; index++) {
      const message = messages[index] as ChatMessage;
      if (message.sent.getTime() > change.after) break;
      items.push(message);
    }
    items.push(change);
  }
  for (; index < messages.length; index++) items.push(messages[index] as ChatMessage);
  return items;
}

/** Returns the keys of the items after the one with the key `before`; none if there are more than `max`. */
export function addedAfter(items: readonly TimelineItem[], before: string, max: number): ReadonlySet<string> {
  const added = new Set<string>();
  for (let index = items.length - 1; index >= 0; index--) {
    const { key } = items[index] as TimelineItem;
    if (key === before) return added;
    if (added.size === max) break;
    added.add(key);
  }
  return new Set();
}
