/** The messages of one sender, numbered from 0. */
export interface Sent {
  readonly count: number;
  /** Numbers of the messages that the server refused or did not answer. */
  readonly unanswered: readonly number[];
}

interface Sender {
  /** One more than the highest number that arrived. */
  next: number;
  /** Lower numbers that have not arrived. */
  readonly skipped: Set<number>;
}

/** Records for one observer which messages arrived, how often and in which order. */
export class Ledger {
  readonly #senders = new Map<number, Sender>();
  #seen = 0;
  #doubled = 0;
  #outOfOrder = 0;
  #order = 0x811c9dc5;

  /** Number of different messages that arrived. */
  get seen(): number {
    return this.#seen;
  }

  /** Number of duplicates that arrived. */
  get doubled(): number {
    return this.#doubled;
  }

  /** Messages that arrived after a later one of the same sender. */
  get outOfOrder(): number {
    return this.#outOfOrder;
  }

  /**
   * A hash of the order. Equal for observers that saw the same messages in the same order, and almost never
   * otherwise.
   */
  get order(): number {
    return this.#order >>> 0;
  }

  /** Records a message. @param sender the sender's number @param n the message's number, from 0 */
  see(sender: number, n: number): void {
    const known = this.#senders.get(sender) ?? { next: 0, skipped: new Set<number>() };
    this.#senders.set(sender, known);
    this.#order = Math.imul(Math.imul(this.#order ^ sender, 0x01000193) ^ n, 0x01000193);
    if (n >= known.next) {
      for (let skipped = known.next; skipped < n; skipped++) known.skipped.add(skipped);
      known.next = n + 1;
    } else if (known.skipped.delete(n)) {
      this.#outOfOrder++;
    } else {
      this.#doubled++;
      return;
    }
    this.#seen++;
  }

  /** Number of confirmed messages that have not arrived. @param all by sender */
  lost(all: ReadonlyMap<number, Sent>): number {
    let lost = 0;
    for (const [sender, { count, unanswered }] of all) {
      const { next, skipped } = this.#senders.get(sender) ?? { next: 0, skipped: new Set<number>() };
      const missing = (n: number): boolean => n >= next || skipped.has(n);
      for (let n = 0; n < count; n++) if (missing(n)) lost++;
      for (const n of unanswered) if (missing(n)) lost--;
    }
    return lost;
  }
}

/**
 * How many observers saw a different order than the majority.
 *
 * @param orders each observer's `Ledger.order`
 */
export function disagreeing(orders: readonly number[]): number {
  const votes = new Map<number, number>();
  for (const order of orders) votes.set(order, (votes.get(order) ?? 0) + 1);
  return orders.length - Math.max(0, ...votes.values());
}
