import { concatBytes } from '../bytes.ts';
import type { DatabaseStorage } from '../database/storage.ts';

/** v3 combines messages into frames of up to about this size. */
const MAX_FRAME_BYTES = 512 * 1024;

export interface OutboxOptions {
  readonly storage: Pick<DatabaseStorage, 'durableOffset' | 'onChange'>;
  readonly confirmedReads: boolean;
  readonly isV3: boolean;
  readonly send: (payload: Uint8Array) => void;
}

interface Waiting {
  readonly message: Uint8Array;
  /** The newest transaction that the message reports. */
  readonly offset: number;
}

/**
 * Sends a connection's messages in order. With confirmed reads, a message about a transaction waits until the
 * transaction is on disk, and later messages wait behind it.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #waiting: Waiting[] = [];
  readonly #stopListening: () => void;
  #waitingBytes = 0;
  #isFlushScheduled = false;
  #isClosed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#stopListening = options.confirmedReads
      ? options.storage.onChange(() => this.flush())
      : () => undefined;
  }

  /** Bytes of the messages that have not been sent. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get waitingMessages(): number {
    return this.#waiting.length;
  }

  /** @param offset the newest transaction that the message reports; 0 for none */
  push(message: Uint8Array, offset = 0): void {
    if (this.#isClosed) return;
    this.#waiting.push({ message, offset });
    this.#waitingBytes += message.length;
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    // Messages from the same turn of the event loop can share a frame.
    queueMicrotask(() => this.flush());
  }

  /** Sends all messages that need not wait. */
  flush(): void {
    this.#isFlushScheduled = false;
    if (this.#isClosed) return;
    const { confirmedReads, storage, isV3, send } = this.#options;
    const limit = confirmedReads ? storage.durableOffset : Infinity;
    const blocked = this.#waiting.findIndex(({ offset }) => offset > limit);
    const ready = this.#waiting.splice(0, blocked === -1 ? this.#waiting.length : blocked);
    for (const { message } of ready) this.#waitingBytes -= message.length;
    if (isV3) {
      for (const frame of framesOf(ready)) send(frame);
    } else {
      for (const { message } of ready) send(message);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }
}

function* framesOf(messages: readonly Waiting[]): Iterable<Uint8Array> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for (const { message } of messages) {
    if (size > 0 && size + message.length > MAX_FRAME_BYTES) {
      yield concatBytes(parts);
      parts = [];
      size = 0;
    }
    parts.push(message);
    size += message.length;
  }
  if (size > 0) yield concatBytes(parts);
}
