import type { HostLimits } from '../limits.ts';
import type { ClientSocket } from './client-socket.ts';
import type { Outbox } from './outbox.ts';

/** A client whose answers pile up to this part of `outgoingBytes` is not read from until it has taken some. */
const BACK_PRESSURE_PART = 1 / 4;
/** So many messages may wait, however small they are. */
const MAX_MESSAGES = 16_384;
/** Queries that take no longer cost the client nothing. */
const FREE_MILLIS = 20;

interface FlowOptions {
  readonly socket: ClientSocket;
  readonly outbox: Outbox;
  readonly limits: Pick<HostLimits, 'outgoingBytes'>;
  /** Called when the client's messages may be handled again. */
  readonly proceed: () => void;
}

/** Keeps what waits for one client, and the time that its queries take, within bounds. */
export class FlowControl {
  readonly #options: FlowOptions;
  /** The largest answer that the client asked for since its backlog was last short. */
  #largestAnswer = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FlowOptions) {
    this.#options = options;
  }

  /** Bytes that the client has not taken, on the way to the disk or to the client. */
  get waitingBytes(): number {
    return this.#options.outbox.waitingBytes + this.#options.socket.waitingBytes;
  }

  /** An answer of this size is sent. A large one does not count against a client, which could not take it any faster. */
  answers(bytes: number): void {
    if (bytes > this.#largestAnswer) this.#largestAnswer = bytes;
  }

  /** @returns what the client did wrong, as the rest of a sentence, when more waits for it than may */
  excess(): string | undefined {
    const { outbox, limits } = this.#options;
    const { waitingBytes } = this;
    if (waitingBytes > limits.outgoingBytes + this.#largestAnswer) {
      return `left ${waitingBytes} bytes waiting (limit outgoingBytes: ${limits.outgoingBytes})`;
    }
    if (outbox.waitingMessages <= MAX_MESSAGES) return undefined;
    return `left ${outbox.waitingMessages} messages waiting (the limit is ${MAX_MESSAGES})`;
  }

  /** Is the client to take answers, or to wait its turn, before more of its messages are handled? */
  mustWait(): boolean {
    return this.#rest !== undefined || this.#isBackedUp();
  }

  /** The client has taken something. */
  drained(): void {
    if (this.#isBackedUp()) return;
    this.#largestAnswer = 0;
    this.#options.proceed();
  }

  /** Runs a query. As long as it took, the client waits afterwards, so that nobody has the host to itself. */
  timed(run: () => void): void {
    const start = performance.now();
    run();
    const took = performance.now() - start;
    if (took <= FREE_MILLIS) return;
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#options.proceed();
    }, took);
  }

  stop(): void {
    clearTimeout(this.#rest);
  }

  #isBackedUp(): boolean {
    return this.waitingBytes > this.#options.limits.outgoingBytes * BACK_PRESSURE_PART;
  }
}
