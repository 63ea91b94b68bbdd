import { access } from 'node:fs/promises';
import path from 'node:path';
import { whenDurable } from '../engine/database/storage.ts';
import { parseClaims } from './auth/claims.ts';
import { SigningKeyError, loadOrCreateSigningKeys, type SigningKeys } from './auth/keys.ts';
import { LOCAL_ISSUER, TokenAuthority, type Credentials } from './auth/tokens.ts';
import { Registry } from './registry.ts';
import { DataFolder } from './storage/data-folder.ts';
import { JournalStorage } from './storage/journal-storage.ts';
import { StorageError } from './storage/storage-error.ts';

/** Secret: anyone who has it owns the databases that the host created. */
const TOKEN_FILE = 'owner.token';
/** Not secret: the owner's identity, so that a new token can be made for it. */
const OWNER_FILE = 'owner.json';

/** The owner of a host, and the authority that verifies its tokens. */
export interface HostOwner {
  readonly auth: TokenAuthority;
  readonly owner: Credentials;
}

/** An owner that exists only in this process. */
export async function temporaryOwner(keys: SigningKeys): Promise<HostOwner> {
  const auth = new TokenAuthority(keys);
  return { auth, owner: await auth.mint() };
}

/**
 * Reads the keys and the owner's token of a folder. Creates them in a new folder.
 *
 * @throws {SigningKeyError} @throws {StorageError} when one of them is lost or invalid. The message names the file
 * and the command that fixes it. Nothing is created then, because a new token would own none of the databases.
 */
export async function openOwner(folder: DataFolder): Promise<HostOwner> {
  const known = await folder.readText(TOKEN_FILE);
  const isNew = known === undefined && (await folder.databases()).length === 0;
  if (!isNew) await requireKeys(folder);
  const auth = new TokenAuthority(await loadKeys(folder));
  const tokenFile = path.join(folder.path, TOKEN_FILE);
  if (known === undefined && !isNew) {
    throw new StorageError(
      `${tokenFile} is missing: put it back, or make a new one with ${resetCommand(folder)}`,
    );
  }
  const owner = known === undefined ? await auth.mint() : await verify(auth, known, tokenFile, folder);
  if (known === undefined) await folder.writeText(TOKEN_FILE, owner.token);
  await noteOwner(folder, owner);
  return { auth, owner };
}

/** The result of {@link resetOwner}. */
export interface OwnerReset {
  readonly identity: string;
  readonly tokenFile: string;
  /** Did the owner keep their identity? */
  readonly isSameIdentity: boolean;
  /** The databases that now belong to the new identity. */
  readonly transferred: readonly string[];
  /** Were new keys made? All older tokens are invalid then. */
  readonly hasNewKeys: boolean;
}

/**
 * Makes a new owner's token for a data folder, and new keys if the old ones cannot be used. Replaced files stay in
 * the folder under another name. Anyone who may write to the folder may do this.
 *
 * @throws {StorageError} when the folder cannot be used, or a host uses it
 */
export async function resetOwner(dataDir: string): Promise<OwnerReset> {
  // `open` would create the folder.
  await access(dataDir).catch(() => {
    throw new StorageError(`there is no data folder ${path.resolve(dataDir)}`);
  });
  const folder = await DataFolder.open(dataDir);
  try {
    const subject = (await notedSubject(folder)) ?? (await subjectOfToken(folder));
    const { keys, areNew } = await usableKeys(folder);
    const auth = new TokenAuthority(keys);
    const owner = await auth.mint(subject);
    const transferred = subject === undefined ? await transferAll(folder, owner) : [];
    await folder.setAside(TOKEN_FILE);
    await folder.writeText(TOKEN_FILE, owner.token);
    await noteOwner(folder, owner);
    return {
      identity: owner.identity.toHexString(),
      tokenFile: path.join(folder.path, TOKEN_FILE),
      isSameIdentity: subject !== undefined,
      transferred,
      hasNewKeys: areNew,
    };
  } finally {
    await folder.close();
  }
}

function resetCommand(folder: DataFolder): string {
  return `'spacetimedb-host owner --reset --data-dir ${folder.path}'`;
}

async function requireKeys(folder: DataFolder): Promise<void> {
  const isThere = (name: string) =>
    access(path.join(folder.keys, name)).then(
      () => true,
      () => false,
    );
  if ((await isThere('id_ecdsa')) || (await isThere('id_ecdsa.pub'))) return;
  throw new SigningKeyError(
    `The signing keys in ${folder.keys} are missing: put them back, or make new ones with ${resetCommand(folder)}, after which everyone has to sign in again`,
  );
}

async function loadKeys(folder: DataFolder): Promise<SigningKeys> {
  try {
    return await loadOrCreateSigningKeys(folder.keys);
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error;
    throw new SigningKeyError(
      `${error.message}; put the right file back, or make new keys with ${resetCommand(folder)}, after which everyone has to sign in again`,
      { cause: error },
    );
  }
}

async function verify(
  auth: TokenAuthority,
  token: string,
  file: string,
  folder: DataFolder,
): Promise<Credentials> {
  try {
    // If the clock was set back, the owner's token is not valid for a while, but the host must start.
    return await auth.verify(token, { atAnyTime: true });
  } catch (error) {
    throw new StorageError(
      `${file} is not a token that the keys in ${folder.keys} signed: put the right file back, or make a new one with ${resetCommand(folder)}`,
      { cause: error },
    );
  }
}

/** An identity consists of issuer and subject. With those, a lost token can be made again. */
async function noteOwner(folder: DataFolder, { claims }: Credentials): Promise<void> {
  if (claims.issuer !== LOCAL_ISSUER || (await notedSubject(folder)) === claims.subject) return;
  await folder.writeText(OWNER_FILE, JSON.stringify({ subject: claims.subject }));
}

async function notedSubject(folder: DataFolder): Promise<string | undefined> {
  try {
    const { subject } = JSON.parse((await folder.readText(OWNER_FILE)) ?? '{}') as { subject?: unknown };
    return typeof subject === 'string' && subject !== '' ? subject : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * An invalid token still names its subject. That is enough, because anyone who can write the file may become the
 * owner.
 */
async function subjectOfToken(folder: DataFolder): Promise<string | undefined> {
  const [, payload = ''] = ((await folder.readText(TOKEN_FILE)) ?? '').split('.');
  try {
    const claims = parseClaims(Buffer.from(payload, 'base64url').toString());
    return claims.issuer === LOCAL_ISSUER ? claims.subject : undefined;
  } catch {
    return undefined;
  }
}

async function usableKeys(folder: DataFolder): Promise<{ keys: SigningKeys; areNew: boolean }> {
  try {
    await requireKeys(folder);
    return { keys: await loadOrCreateSigningKeys(folder.keys), areNew: false };
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error;
    await folder.setAside(path.basename(folder.keys));
    return { keys: await loadOrCreateSigningKeys(folder.keys), areNew: true };
  }
}

async function transferAll(folder: DataFolder, { identity }: Credentials): Promise<string[]> {
  const transferred: string[] = [];
  const registry = await Registry.open(folder);
  for (const database of await folder.databases()) {
    const storage = await JournalStorage.open(folder.database(database));
    try {
      const stored = await storage.load();
      if (!stored) continue;
      const meta = { ...stored.meta, owner: identity.toHexString() };
      await whenDurable(storage, storage.append({ meta, tables: [], sequences: new Map() }));
      transferred.push(registry.namesOf(database)[0] ?? stored.meta.names[0] ?? database);
    } finally {
      await storage.close();
    }
  }
  if (!registry.isNew) await registry.transferNames(identity.toHexString());
  return transferred;
}
