/** The types of `<spacetimedb-chat>`, for pages that load its script. */
import type { Strings } from '../lib/i18n/types.ts';

export type { Strings };

/** Where it is kept who the visitor is: in this browser, in this tab, or nowhere, so that every page is someone new. */
export type TokenStorage = 'local' | 'session' | 'none';
/** A panel where the element stands, or a button in the corner that opens one. */
export type Mode = 'inline' | 'launcher';
/** `auto`: as the `color-scheme` of what is around the element. */
export type Theme = 'auto' | 'light' | 'dark';
/** In which corner a launcher is: at the end of a line, or at its start. */
export type Side = 'end' | 'start';

/** What the connection is doing. */
export type ConnectionStatus =
  'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'rejected' | 'closed';

/** A message, as it is told to the page. */
export interface MessageDetail {
  /** The same for the same message wherever it is shown. */
  readonly key: string;
  readonly text: string;
  /** By the server's clock. */
  readonly sent: Date;
  /** Whether it was written by whoever sits in front of this page. */
  readonly mine: boolean;
  readonly author: { readonly id: string; readonly name: string | undefined; readonly label: string };
}

/** What comes with each event, by the event's name. None of the events bubble. */
export interface EventDetails {
  /** The messages are there, for the first time on this connection. */
  ready: { readonly messages: number };
  /** A message has arrived, of whomever. */
  message: MessageDetail;
  /** How many messages are unread has changed. */
  unread: { readonly count: number };
  /** The connection stands otherwise than before. */
  statuschange: {
    readonly status: ConnectionStatus;
    /** The last failure, until the connection works again: `code` for the page, `message` for a person. */
    readonly error: { readonly code: string; readonly message: string } | undefined;
  };
  /** Something keeps the chat from working that does not mend itself. */
  error: { readonly message: string };
  /** The panel of a launcher has been opened or closed. */
  openedchange: { readonly opened: boolean };
}

/** What may be set on an element, be it as properties or, as far as they are texts, as attributes. */
export interface WidgetOptions {
  /** The server's address; by default the server that the script comes from. */
  uri: string;
  /** The name of the database there; `quickstart-chat` by default. */
  database: string;
  mode: Mode;
  /** Whether the panel of a launcher is open. */
  opened: boolean;
  side: Side;
  theme: Theme;
  tokenStorage: TokenStorage;
  /** Connects before anything is shown, so that unread messages are counted. */
  eager: boolean;
  /** What the room is called; the name of the database by default. */
  heading: string;
  /** What the launcher is called. */
  label: string;
  /** Texts in place of those of the language. */
  strings: Partial<Strings>;
}

/** The attributes, as they are written in HTML and in templates. */
export interface Attributes extends Partial<
  Pick<WidgetOptions, 'uri' | 'database' | 'mode' | 'side' | 'theme' | 'heading' | 'label'>
> {
  opened?: boolean | '';
  eager?: boolean | '';
  'token-storage'?: TokenStorage;
}

/** The element. */
export interface SpacetimedbChatElement extends WidgetOptions, HTMLElement {
  /** How many messages of others have arrived that have not been seen. */
  readonly unread: number;
  readonly status: ConnectionStatus;
  /** Opens the panel of a launcher, and puts the focus into it. */
  open(): void;
  close(): void;
  /** Sends a message as the visitor; connects, if need be. Rejects with what the server says when it refuses. */
  send(text: string): Promise<void>;
  /** Gives the visitor another name; connects, if need be. Rejects with what the server says when it refuses. */
  setName(name: string): Promise<void>;

  addEventListener<Name extends keyof EventDetails>(
    name: Name,
    listener: (this: SpacetimedbChatElement, event: CustomEvent<EventDetails[Name]>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends Exclude<keyof HTMLElementEventMap, keyof EventDetails>>(
    name: Name,
    listener: (this: SpacetimedbChatElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof EventDetails>(
    name: Name,
    listener: (this: SpacetimedbChatElement, event: CustomEvent<EventDetails[Name]>) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<Name extends Exclude<keyof HTMLElementEventMap, keyof EventDetails>>(
    name: Name,
    listener: (this: SpacetimedbChatElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'spacetimedb-chat': SpacetimedbChatElement;
  }
}
