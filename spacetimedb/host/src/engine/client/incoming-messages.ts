import type { ClientMessage } from '../wire/messages.ts';

/** A client with more waiting messages than this is disconnected, as on the real server. */
const MAX_WAITING = 16_384;

/**
 * So is a client whose waiting messages came in frames of more bytes than this. Reading pauses while a message waits.
 */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface IncomingMessagesOptions {
  /** Counts one message against the rate limit. @returns milliseconds that the message must wait */
  readonly turn: () => number;
  /** Must all messages wait? `proceed` must be called when that may have changed. */
  readonly mustWait: () => boolean;
  readonly handle: (message: ClientMessage) => void;
  /** Pauses and resumes reading from the client. Messages that were read already may still arrive. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly overflow: () => void;
}

/** Handles a connection's messages in order, each at its turn. Reading pauses while a message waits. */
export class IncomingMessages {
  readonly #options: IncomingMessagesOptions;
  #waiting: ClientMessage[] = [];
  /** Index of the next message in `#waiting`. */
  #next = 0;
  #bytes = 0;
  /** Has the next message been counted against the rate limit? */
  #isCounted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWorking = false;
  #isPaused = false;
  #isClosed = false;

  constructor(options: IncomingMessagesOptions) {
    this.#options = options;
  }

  /** @param bytes size of the frame that contained the messages */
  push(messages: readonly ClientMessage[], bytes: number): void {
    if (this.#isClosed) return;
    for (const message of messages) this.#waiting.push(message);
    this.#bytes += bytes;
    this.proceed();
    const waiting = this.#waiting.length - this.#next;
    // A single large message may wait.
    if (waiting > MAX_WAITING || (waiting > 1 && this.#bytes > MAX_WAITING_BYTES)) this.#options.overflow();
  }

  /** Handles the messages that do not have to wait. */
  proceed(): void {
    if (this.#isWorking || this.#isClosed) return;
    this.#isWorking = true;
    while (this.#mayHandle()) {
      const message = this.#waiting[this.#next++];
      this.#isCounted = false;
      if (message !== undefined) this.#options.handle(message);
    }
    this.#isWorking = false;
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
      this.#bytes = 0;
    }
    this.#readOrPause();
  }

  /** Discards all messages. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    clearTimeout(this.#timer);
    if (this.#isPaused) this.#options.resume();
  }

  #mayHandle(): boolean {
    if (this.#isClosed || this.#next >= this.#waiting.length) return false;
    if (this.#timer !== undefined || this.#options.mustWait()) return false;
    if (this.#isCounted) return true;
    const wait = this.#options.turn();
    this.#isCounted = true;
    if (wait <= 0) return true;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.proceed();
    }, wait);
    return false;
  }

  #readOrPause(): void {
    if (this.#isClosed) return;
    const mustPause = this.#timer !== undefined || this.#options.mustWait();
    if (mustPause === this.#isPaused) return;
    this.#isPaused = mustPause;
    if (mustPause) this.#options.pause();
    else this.#options.resume();
  }
}
