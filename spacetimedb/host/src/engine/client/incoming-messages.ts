import type { ClientMessage } from '../wire/messages.ts';

/** As on the real server: a client that lets more than this many of its messages pile up here is disconnected. */
const MAX_WAITING = 16_384;

/** And one whose messages wait in frames of more bytes than this; nothing more is read while one waits. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface IncomingMessagesOptions {
  /** Counts one message. @returns for how many milliseconds it has to wait, because its sender sends too many */
  readonly turn: () => number;
  /** Whether no message may be handled now; `proceed` is to be called when that may have changed. */
  readonly mustWait: () => boolean;
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
  /** Whether the next message was counted already. */
  #isCounted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWorking = false;
  #isPaused = false;
  #isClosed = false;

  constructor(options: IncomingMessagesOptions) {
    this.#options = options;
  }

  /** @param bytes of the frame that the messages came in */
  push(messages: readonly ClientMessage[], bytes: number): void {
    if (this.#isClosed) return;
    for (const message of messages) this.#waiting.push(message);
    this.#bytes += bytes;
    this.proceed();
    const waiting = this.#waiting.length - this.#next;
    // A single large message may wait.
    if (waiting > MAX_WAITING || (waiting > 1 && this.#bytes > MAX_WAITING_BYTES)) this.#options.overflow();
  }

  /** Handles what may be handled now. */
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

  /** Nothing is handled any more. */
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
