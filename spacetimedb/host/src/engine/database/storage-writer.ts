import type { MicrosecondClock } from './clock.ts';
import { whenDurable, type DatabaseStorage, type DatabaseWrite } from './storage.ts';

/**
 * While the disk accepts no writes, clients may still come and go, and those writes wait in memory. Beyond this many
 * bytes new clients are rejected.
 */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/** Queues a database's writes, numbers them, and watches whether the storage accepts them. */
export class StorageWriter {
  readonly #storage: DatabaseStorage;
  readonly #clock: MicrosecondClock;
  readonly #onFailureChange: (failure: string | undefined) => void;
  #offset = 0;
  #failure: string | undefined;
  #isClosed = false;

  /** @param onFailureChange called with the new value whenever `failure` changes */
  constructor(
    storage: DatabaseStorage,
    clock: MicrosecondClock,
    onFailureChange: (failure: string | undefined) => void,
  ) {
    this.#storage = storage;
    this.#clock = clock;
    this.#onFailureChange = onFailureChange;
    storage.onChange(() => this.checkFailure());
  }

  /** The offset of the newest write: what a client sees now is durable once this write is. */
  get offset(): number {
    return this.#offset;
  }

  /** Why nothing may be changed now; `undefined` while the storage works. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Has so much piled up while the storage fails that no new client may connect? */
  get isFull(): boolean {
    return this.#failure !== undefined && this.#storage.queuedBytes > MAX_QUEUED_BYTES;
  }

  /** Queues a write. An empty one takes no offset, as on the real server. */
  write(write: Partial<DatabaseWrite>): void {
    const { tables = [], sequences = new Map(), ...rest } = write;
    if (tables.length === 0 && sequences.size === 0 && Object.keys(rest).length === 0) return;
    this.#offset = this.#storage.append({ tables, sequences, time: this.#clock.last, ...rest });
  }

  /** Updates `failure` from the storage. */
  checkFailure(): void {
    const { failure } = this.#storage;
    if (failure === this.#failure || this.#isClosed) return;
    this.#failure = failure;
    this.#onFailureChange(failure);
  }

  /** @throws {UnavailableError} when the storage fails before everything written so far is on disk */
  durable(): Promise<void> {
    return whenDurable(this.#storage, this.#offset);
  }

  /** Waits until everything is on disk. Failures are no longer reported. @throws {Error} when a write failed */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.#storage.close();
  }
}
