/** What the element tells its page. None of these bubble: `message` and `error` mean other things to a window. */
import type { ConnectionProblem, ConnectionState } from 'spacetimedb-stores';
import type { ChatMessage } from 'spacetimedb-stores/chat';

/** A message, as it is told to the page. */
export interface MessageDetail {
  /** The same for the same message wherever it is shown. */
  readonly key: string;
  readonly text: string;
  readonly sent: Date;
  /** Whether it was written by whoever sits in front of this page. */
  readonly mine: boolean;
  readonly author: { readonly id: string; readonly name: string | undefined; readonly label: string };
}

/** What comes with each event, by the event's name. */
export interface EventDetails {
  /** The messages are there, for the first time on this connection. */
  ready: { readonly messages: number };
  /** A message has arrived, of whomever. */
  message: MessageDetail;
  /** How many messages are unread has changed. */
  unread: { readonly count: number };
  /** The connection stands otherwise than before. */
  statuschange: { readonly state: ConnectionState; readonly problem: ConnectionProblem | undefined };
  /** Something keeps the chat from working that does not mend itself. */
  error: { readonly message: string };
  /** The panel of a launcher has been opened or closed. */
  openedchange: { readonly opened: boolean };
}

export type Emit = <Name extends keyof EventDetails>(name: Name, detail: EventDetails[Name]) => void;

export function detailOf({ key, text, sent, mine, author }: ChatMessage): MessageDetail {
  return { key, text, sent, mine, author: { id: author.id, name: author.name, label: author.label } };
}
