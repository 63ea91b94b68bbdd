import type { MessageRow } from './types.ts';

/** Sender and time, which identify a message. An edited one has a new row with the same values. */
export type Moment = Pick<MessageRow, 'sender' | 'sent'>;

/** A map by the sender and time of messages. */
export class MomentMap<T> {
  readonly #bySender = new Map<bigint, Map<bigint, T>>();

  get({ sender, sent }: Moment): T | undefined {
    return this.#bySender.get(sender.__identity__)?.get(sent.microsSinceUnixEpoch);
  }

  set({ sender, sent }: Moment, value: T): void {
    let ofSender = this.#bySender.get(sender.__identity__);
    if (!ofSender) this.#bySender.set(sender.__identity__, (ofSender = new Map()));
    ofSender.set(sent.microsSinceUnixEpoch, value);
  }

  delete({ sender, sent }: Moment): void {
    const ofSender = this.#bySender.get(sender.__identity__);
    ofSender?.delete(sent.microsSinceUnixEpoch);
    if (ofSender?.size === 0) this.#bySender.delete(sender.__identity__);
  }

  clear(): void {
    this.#bySender.clear();
  }

  /** The values of one sender's messages. */
  of(sender: bigint): Iterable<T> {
    return this.#bySender.get(sender)?.values() ?? [];
  }
}
