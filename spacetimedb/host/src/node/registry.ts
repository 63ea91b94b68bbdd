import path from 'node:path';
import { UnavailableError } from '../engine/database-api.ts';
import type { DataFolder } from './storage/data-folder.ts';
import { DISK_FULL, isDiskFull } from './storage/disk.ts';
import { StorageError } from './storage/storage-error.ts';

const FILE = 'registry.json';

/** The largest number of balances that are kept. */
const MAX_BALANCES = 10_000;

interface NameEntry {
  /** The identity of the database with this name, hex; absent once the database has other names. */
  readonly identity?: string;
  /** Only this identity may give the name to a database. */
  readonly owner: string;
}

interface Stored {
  readonly names: Readonly<Record<string, NameEntry>>;
  readonly locked: readonly string[];
}

/**
 * What a host knows about databases besides their data: their names, and which of them are locked. A deleted database
 * keeps its names, so publishing under one of them again gives the same identity (`crates/standalone/src/control_db.rs`).
 */
export class Registry {
  /** In the order in which the names were given. */
  readonly #names = new Map<string, NameEntry>();
  readonly #locked = new Set<string>();
  /** The host meters nothing, so balances are forgotten when it stops. */
  readonly #energy = new Map<string, bigint>();
  readonly #folder: DataFolder | undefined;
  #saved: Promise<void> = Promise.resolve();
  /** Was nothing stored? Then the folder is new, or an older version wrote it. */
  readonly isNew: boolean;

  /**
   * Reads the file of a data folder.
   *
   * @param folder keeps everything; without it, the registry is in memory only
   * @throws {StorageError} when the file cannot be read
   */
  static async open(folder: DataFolder | undefined): Promise<Registry> {
    const text = await folder?.readText(FILE);
    return new Registry(folder, text === undefined ? undefined : parse(text, folder?.path ?? ''));
  }

  private constructor(folder: DataFolder | undefined, stored: Stored | undefined) {
    this.#folder = folder;
    this.isNew = stored === undefined;
    for (const [name, entry] of Object.entries(stored?.names ?? {})) this.#names.set(name, entry);
    for (const identity of stored?.locked ?? []) this.#locked.add(identity);
  }

  /** @returns the identity of the database with this name, hex; `undefined` if there is none */
  identityOf(name: string): string | undefined {
    return this.#names.get(name)?.identity;
  }

  /** @param identity hex */
  namesOf(identity: string): string[] {
    return [...this.#names].filter(([, entry]) => entry.identity === identity).map(([name]) => name);
  }

  /** May the caller give a database this name? Not if someone else owns it. @param caller hex */
  mayName(name: string, caller: string): boolean {
    const owner = this.#names.get(name)?.owner;
    return owner === undefined || owner === caller;
  }

  /** Gives a database a free name. @param owner of the name, hex */
  async addName(name: string, identity: string, owner: string): Promise<void> {
    this.#names.set(name, { identity, owner });
    await this.#save();
  }

  /** Replaces the names of a database by free ones. @param owner of the names, hex */
  async replaceNames(identity: string, names: readonly string[], owner: string): Promise<void> {
    for (const name of this.namesOf(identity)) this.#names.set(name, { owner });
    for (const name of names) {
      // At the end of the order.
      this.#names.delete(name);
      this.#names.set(name, { identity, owner });
    }
    await this.#save();
  }

  /** Gives all names to another owner. */
  async transferNames(owner: string): Promise<void> {
    for (const [name, entry] of this.#names) this.#names.set(name, { ...entry, owner });
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

  /** Writes run one after the other, because they share a draft file. */
  #save(): Promise<void> {
    this.#saved = this.#saved.catch(() => undefined).then(() => this.#write());
    return this.#saved;
  }

  /** @throws {UnavailableError} when the disk is full */
  async #write(): Promise<void> {
    const stored: Stored = { names: Object.fromEntries(this.#names), locked: [...this.#locked] };
    try {
      await this.#folder?.writeText(FILE, JSON.stringify(stored));
    } catch (error) {
      if (isDiskFull(error)) throw new UnavailableError(DISK_FULL, { cause: error });
      throw error;
    }
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
