/** Types of `<spacetimedb-chat>` for pages that load its script. */
import type { Strings } from '../lib/i18n/types.ts';

export type { Strings };

/** Where the sign-in token is stored: this browser (default), this tab, or nowhere: every page load is a new person. */
export type TokenStorage = 'local' | 'session' | 'none';
/** `inline` (default): a panel where the element is. `launcher`: a button in the corner that opens the panel. */
export type Mode = 'inline' | 'launcher';
/** `auto` (default) follows the page's `color-scheme`. */
export type Theme = 'auto' | 'light' | 'dark';
/** The launcher's corner: at the end (default) or at the start of a line. */
export type Side = 'end' | 'start';

/** The status of the connection. */
export type ConnectionStatus =
  'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'rejected' | 'closed';

/** A message as reported to the page. */
export interface MessageDetail {
  /** Identifies the message in every element. */
  readonly key: string;
  readonly text: string;
  /** By the server's clock. */
  readonly sent: Date;
  /** Whether the visitor of this page wrote it. */
  readonly mine: boolean;
  readonly author: { readonly id: string; readonly name: string | undefined; readonly label: string };
}

/** The detail of each event. Events do not bubble. */
export interface EventDetails {
  /** The first messages of this connection have been loaded. */
  ready: { readonly messages: number };
  /** A message by anyone has arrived. */
  message: MessageDetail;
  /** The number of unread messages has changed, or how many of them mention the visitor. */
  unread: { readonly count: number; readonly mentions: number };
  /** The connection status has changed. */
  statuschange: {
    readonly status: ConnectionStatus;
    /** The last failure, until the connection works again: `code` for the page, `message` for a person. */
    readonly error: { readonly code: string; readonly message: string } | undefined;
  };
  /** The chat does not work, and will not recover by itself. */
  error: { readonly message: string };
  /** The panel of a launcher was opened or closed. */
  openedchange: { readonly opened: boolean };
}

/** Options of an element, set as properties or, if they are strings, as attributes. */
export interface WidgetOptions {
  /** The server's address; the origin of the script by default. */
  uri: string;
  /** The name of the database; `quickstart-chat` by default. */
  database: string;
  mode: Mode;
  /** Whether the panel of a launcher is open. */
  opened: boolean;
  side: Side;
  theme: Theme;
  tokenStorage: TokenStorage;
  /** Connects before the panel is shown, so that unread messages are counted. */
  eager: boolean;
  /** The room's heading; by default the title that its owner gave it, or “Chat” in the element's language. */
  heading: string;
  /** The launcher's accessible name, if it has no text. */
  label: string;
  /** A text on the launcher, beside its icon. */
  launcherText: string;
  /** Texts that replace those of the language. */
  strings: Partial<Strings>;
}

/** Attributes as written in HTML and in templates. */
export interface Attributes extends Partial<
  Pick<WidgetOptions, 'uri' | 'database' | 'mode' | 'side' | 'theme' | 'heading' | 'label'>
> {
  opened?: boolean | '';
  eager?: boolean | '';
  'token-storage'?: TokenStorage;
  'launcher-text'?: string;
}

export interface SpacetimedbChatElement extends WidgetOptions, HTMLElement {
  /** Number of unread messages by others. */
  readonly unread: number;
  readonly status: ConnectionStatus;
  /** Opens the panel of a launcher and moves the focus into it. */
  open(): void;
  close(): void;
  /**
   * Sends a message as the visitor. Connects if necessary.
   *
   * @throws the server's error; `NotConnectedError` if the element is not in a document
   */
  send(text: string): Promise<void>;
  /**
   * Changes the visitor's name. Connects if necessary.
   *
   * @throws the server's error; `NotConnectedError` if there is no connection
   */
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
