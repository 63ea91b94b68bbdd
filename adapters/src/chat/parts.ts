import type { Changes } from '../table-mirror.ts';
import type { Readable } from '../types.ts';
import type { Moment } from './moment-map.ts';
import type { People } from './people.ts';
import type { Chat, ChatMessage, MessageRow } from './types.ts';
import type { Span } from './window.ts';

/** The internal parts of a chat that its features need. */
export interface ChatParts {
  readonly maxQueued: number;
  /** Keeps the people subscribed until `release` is called. */
  keepPeople(this: void): { readonly people: People; readonly release: () => void };
  /** The spans of time whose messages are subscribed. */
  readonly spans: Readable<readonly Span[]>;
  /** Called when a pending message has arrived as a row, with the key that it keeps. */
  readonly claims: Set<(key: string, row: MessageRow) => void>;
  /** Applies the rows of a transaction to the messages now. */
  follow(this: void, changes: Changes): void;
  /** The message of this sender and time, if it is in `messages` and the server has it. */
  messageAt(this: void, moment: Moment): ChatMessage | undefined;
}

/** A property with a function, because the proxies of Svelte and Vue pass it through unwrapped. */
const PARTS = Symbol('parts');

export function setChatParts(chat: Chat, parts: ChatParts): void {
  Object.defineProperty(chat, PARTS, { value: () => parts });
}

/** @throws TypeError when `chat` does not come from `createChat` */
export function chatPartsOf(chat: Chat): ChatParts {
  const parts = (chat as { [PARTS]?: () => ChatParts })[PARTS]?.();
  if (!parts) throw new TypeError('Not a chat made by createChat()');
  return parts;
}
