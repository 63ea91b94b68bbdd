/** One's own messages from the moment they are sent until the server has them. */
import type { ChatUser } from 'spacetimedb-stores/chat';
import type { ShownMessage } from './flow.ts';

interface OwnMessage extends ShownMessage {
  readonly state: 'pending' | 'failed';
}

let made = 0;

/**
 * Shows a message at once as pending. It goes when the server has confirmed it, which the messages show by then; when
 * it could not be sent, it stays as failed, to be sent again or discarded.
 */
export class Outbox {
  /** In the order in which they were sent. */
  messages = $state.raw<readonly OwnMessage[]>([]);
  readonly #send: (text: string) => Promise<void>;

  /** @param send rejects when the message was refused, or the connection is lost */
  constructor(send: (text: string) => Promise<void>) {
    this.#send = send;
  }

  /** Sends `text` as `author`; settles when its outcome is known, and never rejects. */
  send(text: string, author: ChatUser): Promise<void> {
    const message: OwnMessage = {
      key: `own-${++made}`,
      author,
      text,
      // eslint-disable-next-line svelte/prefer-svelte-reactivity -- It never changes.
      sent: new Date(),
      mine: true,
      state: 'pending',
    };
    this.messages = [...this.messages, message];
    return this.#try(message);
  }

  /** Sends one that failed once more. */
  retry(message: ShownMessage): Promise<void> {
    this.discard(message);
    return this.send(message.text, message.author);
  }

  /** Forgets one that failed. */
  discard({ key }: ShownMessage): void {
    this.messages = this.messages.filter((message) => message.key !== key);
  }

  async #try(message: OwnMessage): Promise<void> {
    try {
      await this.#send(message.text);
      this.discard(message);
    } catch (error) {
      const failed: OwnMessage = { ...message, state: 'failed', error };
      this.messages = this.messages.map((known) => (known.key === message.key ? failed : known));
    }
  }
}
