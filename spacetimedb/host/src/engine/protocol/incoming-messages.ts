import type { ClientMessage } from './messages.ts';

/** As on the real server: a client that lets more than this many of its messages pile up here is disconnected. */
const MAX_WAITING = 16_384;

/** And one whose messages wait in frames of more bytes than this; nothing more is read while one waits. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface IncomingMessagesOptions {
  /** Counts one message. @returns for how many milliseconds it has to wait, because its sender sends too many */
  readonly turn: () => number;
  readonly handle: (message: ClientMessage) => void;
  /** Stops reading from the client, and goes on; what was read already may still come. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly overflow: () => void;
}

/** Handles a connection's messages in order, each when it is its turn. While one waits, nothing more is read. */
export class IncomingMessages {
  readonly #options: IncomingMessagesOptions;
  #waiting: ClientMessage[] = [];
  /** Of the next one in `#waiting`. */
  #next = 0;
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: IncomingMessagesOptions) {
    this.#options = options;
  }

  /** @param bytes of the frame that the messages came in */
  push(messages: readonly ClientMessage[], bytes: number): void {
    if (this.#isClosed) return;
    if (this.#timer === undefined) {
      this.#waiting = [...messages];
      this.#next = 0;
      this.#bytes = bytes;
      this.#handleWaiting();
    } else {
      for (const message of messages) this.#waiting.push(message);
      this.#bytes += bytes;
    }
    const waiting = this.#waiting.length - this.#next;
    // A single large message may wait.
    if (waiting > MAX_WAITING || (waiting > 1 && this.#bytes > MAX_WAITING_BYTES)) this.#options.overflow();
  }

  /** Nothing is handled any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#options.resume();
  }

  #handleWaiting(): void {
    while (!this.#isClosed && this.#next < this.#waiting.length) {
      const wait = this.#options.turn();
      if (wait > 0) {
        this.#options.pause();
        this.#timer = setTimeout(() => this.#afterWaiting(), wait);
        return;
      }
      this.#handleNext();
    }
  }

  #afterWaiting(): void {
    this.#timer = undefined;
    this.#handleNext();
    this.#handleWaiting();
    if (this.#timer === undefined && !this.#isClosed) this.#options.resume();
  }

  #handleNext(): void {
    const message = this.#waiting[this.#next++];
    if (message !== undefined) this.#options.handle(message);
  }
}
