import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The key pair that signs and verifies this host's tokens: ES256, which is ECDSA on the curve P-256. */
export interface SigningKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key as PEM text, which `GET /v1/identity/public-key` returns. */
  readonly publicKeyPem: string;
}

/** The key files cannot be used. `message` says which file and why, in one line. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/** The file names of the official CLI's configuration folder, so that its keys work here too. */
const PRIVATE_KEY_FILE = 'id_ecdsa';
const PUBLIC_KEY_FILE = 'id_ecdsa.pub';

/** Makes keys that exist only in memory. When the process ends, the identities that they signed are lost. */
export function generateSigningKeys(): SigningKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey, publicKeyPem: toPublicPem(publicKey) };
}

/**
 * Reads the key pair of a folder. Creates the folder and private key files if neither file exists.
 * @throws {SigningKeyError} when one file is missing, unreadable or not a P-256 key, or the two do not match. Nothing
 * is overwritten then, because new keys would lock all users out of their identities.
 */
export async function loadOrCreateSigningKeys(folder: string): Promise<SigningKeys> {
  const privatePath = join(folder, PRIVATE_KEY_FILE);
  const publicPath = join(folder, PUBLIC_KEY_FILE);
  const [privatePem, publicPem] = await Promise.all([readIfThere(privatePath), readIfThere(publicPath)]);
  if (privatePem === undefined && publicPem === undefined)
    return createKeyFiles(folder, privatePath, publicPath);
  if (privatePem === undefined) throw new SigningKeyError(missing(privatePath, publicPath));
  if (publicPem === undefined) throw new SigningKeyError(missing(publicPath, privatePath));
  const privateKey = parseKey(privatePath, privatePem, createPrivateKey);
  const publicKey = parseKey(publicPath, publicPem, createPublicKey);
  if (toPublicPem(createPublicKey(privateKey)) !== toPublicPem(publicKey)) {
    throw new SigningKeyError(`${publicPath} is not the public key of ${privatePath}`);
  }
  return { privateKey, publicKey, publicKeyPem: publicPem };
}

async function createKeyFiles(folder: string, privatePath: string, publicPath: string): Promise<SigningKeys> {
  const keys = generateSigningKeys();
  const privatePem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  // `wx`: if two hosts start on one folder, the second stops instead of replacing the first one's keys.
  const options = { mode: 0o600, flag: 'wx' } as const;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(privatePath, privatePem, options);
    await writeFile(publicPath, keys.publicKeyPem, options);
  } catch (error) {
    throw new SigningKeyError(`Cannot create the signing keys in ${folder}: ${reason(error)}`, {
      cause: error,
    });
  }
  return keys;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SigningKeyError(`Cannot read the signing key ${path}: ${reason(error)}`, { cause: error });
  }
}

function parseKey(path: string, pem: string, parse: (pem: string) => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = parse(pem);
  } catch (error) {
    throw new SigningKeyError(`${path} is not a key in PEM format: ${reason(error)}`, { cause: error });
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new SigningKeyError(`${path} is not an ECDSA P-256 key`);
  }
  return key;
}

function toPublicPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function missing(path: string, present: string): string {
  return `The signing key ${path} is missing beside ${present}`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
