/** The current use of the message field: a new message, a reply or an edit. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import { oneLine } from './one-line.ts';

export interface AnsweringOptions {
  readonly session: () => ChatSession;
  /** Focuses the message field. */
  readonly write: () => void;
  /** Tells the reader about an edit that was refused later. */
  readonly attempt: (edit: Promise<void>) => void;
}

export class Answering {
  #replied = $state.raw<ChatMessage>();
  #edited = $state.raw<{ readonly message: ChatMessage; readonly text: string }>();
  readonly #options: AnsweringOptions;

  constructor(options: AnsweringOptions) {
    this.#options = options;
  }

  /** The message that is being replied to. */
  readonly replyTo = $derived.by(
    () => this.#replied && { label: this.#replied.author.label, excerpt: oneLine(this.#replied.text) },
  );

  /** The message that is being edited. */
  get editing(): { readonly text: string } | undefined {
    return this.#edited;
  }

  reply(message: ChatMessage): void {
    this.#edited = undefined;
    this.#replied = message;
    this.#options.write();
  }

  edit(message: ChatMessage): void {
    const pending = this.#options.session().features?.details(message).get().pendingText;
    this.#edited = { message, text: pending ?? message.text };
  }

  readonly cancelReply = (): void => {
    this.#replied = undefined;
  };

  readonly cancelEdit = (): void => {
    this.#edited = undefined;
  };

  /** Edits the reader's last message, if it can be edited. */
  readonly editLast = (): void => {
    const { features, messages } = this.#options.session();
    const last = features && messages.findLast((message) => message.mine && message.row);
    if (last && features?.canEdit(last)) this.edit(last);
  };

  readonly send = async (text: string): Promise<void> => {
    const replied = this.#replied;
    await this.#options.session().onsend(text, replied);
    if (this.#replied === replied) this.#replied = undefined;
  };

  /**
   * Saves the edited message. Without a connection, the edit waits for it.
   *
   * @throws if the server refuses it
   */
  readonly save = async (text: string): Promise<void> => {
    const edited = this.#edited;
    const { features, status } = this.#options.session();
    if (!edited || !features) return;
    const saved = features.edit(edited.message, text);
    if (status.status === 'connected') await saved;
    else this.#options.attempt(saved);
    if (this.#edited === edited) this.#edited = undefined;
  };
}
