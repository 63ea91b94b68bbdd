/** The reader's actions on messages. The code loads on first use, or if the server has features beyond messages. */
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import type { Strings } from '../i18n/strings.ts';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import type { MessageCommand } from './keys.ts';
import type { MessageTools } from './message-tools.svelte.ts';

/** Moderators' actions on messages and their authors. */
export interface MessageModeration {
  /** Asks for a reason and deletes the message. */
  deleteMessage(this: void, message: ChatMessage): void;
  /** Opens the moderation tools for the author. */
  moderate(this: void, author: ChatUser): void;
  canModerate(this: void, author: ChatUser): boolean;
}

/** The parts of the room that the tools need. The values are reactive. */
export interface MessageHost {
  readonly session: ChatSession;
  readonly strings: Strings;
  /** Undefined for all but moderators. */
  readonly moderation: MessageModeration | undefined;
  /** Base address for links to messages, without `#m=…`; undefined if messages have no address. */
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

  /** Runs the command of a key. */
  async run(command: MessageCommand, message: ChatMessage, anchor: HTMLElement): Promise<void> {
    (await this.load())?.run(command, message, anchor);
  }
}
