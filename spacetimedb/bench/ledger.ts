/** What became of one sender's messages, which are numbered from 0. */
export interface Sent {
  readonly count: number;
  /** Numbers of those that the server refused, or that it did not answer. */
  readonly unanswered: readonly number[];
}

interface Sender {
  /** One more than the highest number that came. */
  next: number;
  /** Lower numbers that have not come. */
  readonly skipped: Set<number>;
}

/** Keeps the books of one observer: which messages came, how often, and in which order. */
export class Ledger {
  readonly #senders = new Map<number, Sender>();
  #seen = 0;
  #doubled = 0;
  #outOfOrder = 0;
  #order = 0x811c9dc5;

  /** Different messages that came. */
  get seen(): number {
    return this.#seen;
  }

  /** How often a message came that had come before. */
  get doubled(): number {
    return this.#doubled;
  }

  /** Messages that came after a later one of the same sender. */
  get outOfOrder(): number {
    return this.#outOfOrder;
  }

  /** The same for two observers that saw the same messages in the same order, and hardly ever otherwise. */
  get order(): number {
    return this.#order >>> 0;
  }

  /** Enters a message. @param sender a number @param n the message's number, from 0 */
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

  /** How many messages have not come that the server confirmed. @param all by sender */
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
 * How many observers saw another order than most did.
 *
 * @param orders each observer's `Ledger.order`
 */
export function disagreeing(orders: readonly number[]): number {
  const votes = new Map<number, number>();
  for (const order of orders) votes.set(order, (votes.get(order) ?? 0) + 1);
  return orders.length - Math.max(0, ...votes.values());
}
