import type { HostLimits } from '../limits.ts';
import type { ClientSocket } from './client-socket.ts';
import type { Outbox } from './outbox.ts';

/** When this fraction of `outgoingBytes` waits for a client, the host stops reading from it until some is received. */
const BACK_PRESSURE_PART = 1 / 4;
/** The most messages that may wait, regardless of size. */
const MAX_MESSAGES = 16_384;
/** Queries up to this time do not delay the client's next message. */
const FREE_MILLIS = 20;

interface FlowOptions {
  readonly socket: ClientSocket;
  readonly outbox: Outbox;
  readonly limits: Pick<HostLimits, 'outgoingBytes'>;
  /** Called when the client's messages may be handled again. */
  readonly proceed: () => void;
}

/** Limits the data that waits for one client and the time that its queries take. */
export class FlowControl {
  readonly #options: FlowOptions;
  /** The largest response since the backlog was last small. */
  #largestAnswer = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FlowOptions) {
    this.#options = options;
  }

  /** Bytes that the client has not received, waiting for the disk or for the client. */
  get waitingBytes(): number {
    return this.#options.outbox.waitingBytes + this.#options.socket.waitingBytes;
  }

  /**
   * Records the size of a response that is about to be sent. The backlog may exceed the limit by the largest
   * response, because the client could not receive that any faster.
   */
  answers(bytes: number): void {
    if (bytes > this.#largestAnswer) this.#largestAnswer = bytes;
  }

  /** @returns a predicate for a log message if the backlog exceeds its limit, such as "left 9 bytes waiting (…)" */
  excess(): string | undefined {
    const { outbox, limits } = this.#options;
    const { waitingBytes } = this;
    if (waitingBytes > limits.outgoingBytes + this.#largestAnswer) {
      return `has ${waitingBytes} bytes waiting (limit outgoingBytes: ${limits.outgoingBytes})`;
    }
    if (outbox.waitingMessages <= MAX_MESSAGES) return undefined;
    return `left ${outbox.waitingMessages} messages waiting (the limit is ${MAX_MESSAGES})`;
  }

  /** Must the client's next message wait, for the backlog or for the time of its last query? */
  mustWait(): boolean {
    return this.#rest !== undefined || this.#isBackedUp();
  }

  /** The client has received some of its data. */
  drained(): void {
    if (this.#isBackedUp()) return;
    this.#largestAnswer = 0;
    this.#options.proceed();
  }

  /**
   * Runs a query. The client's next message then waits as long as the query took, so that no client occupies the
   * host.
   */
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
