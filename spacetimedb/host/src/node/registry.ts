import path from 'node:path';
import type { DataFolder } from './storage/data-folder.ts';
import { StorageError } from './storage/storage-error.ts';

const FILE = 'registry.json';

/** How many people's energy is remembered. */
const MAX_BALANCES = 10_000;

interface Stored {
  readonly names: Readonly<Record<string, string>>;
  readonly locked: readonly string[];
}

/**
 * What a host knows about databases besides what is in them: their names and which of them are locked. A name stays when
 * its database is deleted, and whoever publishes it again gets the same identity (`crates/standalone/src/control_db.rs`).
 */
export class Registry {
  /** The identity that a name stands for, hex; in the order in which names were given. */
  readonly #names = new Map<string, string>();
  readonly #locked = new Set<string>();
  /** This host meters nothing, so what is asked for is told, and forgotten when it stops. */
  readonly #energy = new Map<string, bigint>();
  readonly #folder: DataFolder | undefined;
  #saved: Promise<void> = Promise.resolve();
  /** Whether nothing was stored: the folder is new, or an older host's. */
  readonly isNew: boolean;

  /**
   * Reads the file of a data folder.
   *
   * @param folder where to keep everything; in memory only when absent
   * @throws {StorageError} when the file cannot be read
   */
  static async open(folder: DataFolder | undefined): Promise<Registry> {
    const text = await folder?.readText(FILE);
    return new Registry(folder, text === undefined ? undefined : parse(text, folder?.path ?? ''));
  }

  private constructor(folder: DataFolder | undefined, stored: Stored | undefined) {
    this.#folder = folder;
    this.isNew = stored === undefined;
    for (const [name, identity] of Object.entries(stored?.names ?? {})) this.#names.set(name, identity);
    for (const identity of stored?.locked ?? []) this.#locked.add(identity);
  }

  /** @returns an identity, hex; `undefined` for a name that was never given */
  identityOf(name: string): string | undefined {
    return this.#names.get(name);
  }

  /** @param identity hex */
  namesOf(identity: string): string[] {
    return [...this.#names].filter(([, of]) => of === identity).map(([name]) => name);
  }

  /** Gives an identity a name that is free. */
  async addName(name: string, identity: string): Promise<void> {
    this.#names.set(name, identity);
    await this.#save();
  }

  /** Gives an identity these names, which are free, instead of those that it has. */
  async replaceNames(identity: string, names: readonly string[]): Promise<void> {
    for (const name of this.namesOf(identity)) this.#names.delete(name);
    for (const name of names) this.#names.set(name, identity);
    await this.#save();
  }

  /** @param identity hex */
  isLocked(identity: string): boolean {
    return this.#locked.has(identity);
  }

  async setLocked(identity: string, locked: boolean): Promise<void> {
    if (locked) this.#locked.add(identity);
    else this.#locked.delete(identity);
    await this.#save();
  }

  /** @param identity hex */
  energyOf(identity: string): bigint {
    return this.#energy.get(identity) ?? 0n;
  }

  /** @returns the balance afterwards */
  addEnergy(identity: string, amount: bigint): bigint {
    const balance = BigInt.asIntN(128, this.energyOf(identity) + amount);
    this.#energy.delete(identity);
    this.#energy.set(identity, balance);
    for (const oldest of this.#energy.keys()) {
      if (this.#energy.size <= MAX_BALANCES) break;
      this.#energy.delete(oldest);
    }
    return balance;
  }

  /** One at a time: two that wrote the same file at once would leave either's text. */
  #save(): Promise<void> {
    this.#saved = this.#saved.catch(() => undefined).then(() => this.#write());
    return this.#saved;
  }

  async #write(): Promise<void> {
    const stored: Stored = { names: Object.fromEntries(this.#names), locked: [...this.#locked] };
    await this.#folder?.writeText(FILE, JSON.stringify(stored));
  }
}

function parse(text: string, folder: string): Stored {
  try {
    const { names, locked } = JSON.parse(text) as Stored;
    if (typeof names === 'object' && Array.isArray(locked)) return { names, locked };
  } catch {
    // Reported below.
  }
  throw new StorageError(
    `${path.join(folder, FILE)} cannot be read: put the right file back, or delete it, and the databases have the names that they were created with`,
  );
}
