/** What the reader can do with messages. The code loads on first use, or where the server has more than messages. */
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import type { Strings } from '../i18n/strings.ts';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import type { MessageCommand } from './keys.ts';
import type { MessageTools } from './message-tools.svelte.ts';

/** What moderators can do with messages and their authors. */
export interface MessageModeration {
  /** Asks for a reason, and deletes the message. */
  deleteMessage(this: void, message: ChatMessage): void;
  /** Opens what can be done about the author. */
  moderate(this: void, author: ChatUser): void;
  canModerate(this: void, author: ChatUser): boolean;
}

/** What the tools need of the room. The values are reactive. */
export interface MessageHost {
  readonly session: ChatSession;
  readonly strings: Strings;
  /** Undefined for all but moderators. */
  readonly moderation: MessageModeration | undefined;
  /** Address of the page, to which `#m=…` is added; undefined where messages have no address. */
  readonly pageLink: string | undefined;
  /** Begins a reply in the message field. */
  reply(message: ChatMessage): void;
  /** Begins an edit in the message field. */
  edit(message: ChatMessage): void;
  /** Shows a message by its `ChatFeatures.idOf`. @returns false if the server does not have it */
  show(id: string): Promise<boolean>;
  /** Moves the focus back to the messages. */
  refocus(): void;
}

export class MessageActions {
  #tools = $state.raw<MessageTools>();
  #loading: Promise<MessageTools | undefined> | undefined;
  readonly #host: MessageHost;

  constructor(host: MessageHost) {
    this.#host = host;
  }

  /** The tools, once loaded. */
  get tools(): MessageTools | undefined {
    return this.#tools;
  }

  /** Loads the tools. @returns undefined if that failed; the next call tries again */
  load(): Promise<MessageTools | undefined> {
    return (this.#loading ??= import('./message-tools.svelte.ts')
      .then(({ openTools }) => openTools(this.#host))
      .then(
        (tools) => (this.#tools = tools),
        () => (this.#loading = undefined),
      ));
  }

  /** Opens the menu of a message. @param anchor beside which it opens */
  async open(message: ChatMessage, anchor: HTMLElement): Promise<void> {
    (await this.load())?.openMenu(message, anchor);
  }

  /** Does what a key says. */
  async run(command: MessageCommand, message: ChatMessage, anchor: HTMLElement): Promise<void> {
    (await this.load())?.run(command, message, anchor);
  }
}
