import type { ChatMessage } from 'spacetimedb-stores/chat';
import type { EventDetails, MessageDetail } from './spacetimedb-chat.d.ts';

export type Emit = <Name extends keyof EventDetails>(name: Name, detail: EventDetails[Name]) => void;

export function detailOf({ key, text, sent, mine, author }: ChatMessage): MessageDetail {
  return { key, text, sent, mine, author: { id: author.id, name: author.name, label: author.label } };
}
