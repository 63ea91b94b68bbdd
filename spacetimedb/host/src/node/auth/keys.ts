import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The key pair that signs this host's tokens and checks them: ES256, that is ECDSA on the curve P-256. */
export interface SigningKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key as `GET /v1/identity/public-key` hands it out: the text of the PEM file. */
  readonly publicKeyPem: string;
}

/** The key files cannot be used; `message` is one line that says which file and why. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/** File names as in the configuration folder of the official CLI, so that a folder of its keys works here too. */
const PRIVATE_KEY_FILE = 'id_ecdsa';
const PUBLIC_KEY_FILE = 'id_ecdsa.pub';

/** Keys that are gone when the process ends; with them goes every identity that they vouched for. */
export function generateSigningKeys(): SigningKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey, publicKeyPem: toPublicPem(publicKey) };
}

/**
 * Reads the key pair of a folder; makes folder and keys (readable by their owner only) when neither file is there.
 * @throws {SigningKeyError} when one file is missing, unreadable or no P-256 key, or when the two do not belong
 *   together. Nothing is overwritten then: new keys would lock every user out of their identity.
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
  // `wx`: of two hosts that start at once on one folder, the second stops rather than replace the first one's keys.
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
