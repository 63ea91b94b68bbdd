import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSigningKeys, loadOrCreateSigningKeys, SigningKeyError } from './keys.ts';
import { TokenAuthority } from './tokens.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);

describe('loadOrCreateSigningKeys', () => {
  it('a new folder gets a private key pair, which later starts find again', async () => {
    const nested = inFolder('config/keys');
    const made = await loadOrCreateSigningKeys(nested);
    for (const name of ['id_ecdsa', 'id_ecdsa.pub']) {
      expect((await stat(join(nested, name))).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(join(nested, 'id_ecdsa'), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(made.publicKeyPem).toBe(await readFile(join(nested, 'id_ecdsa.pub'), 'utf8'));

    const { token, identity } = await new TokenAuthority(made).mint();
    const later = new TokenAuthority(await loadOrCreateSigningKeys(nested));
    expect((await later.verify(token)).identity.isEqual(identity)).toBe(true);
  });

  it.each([
    ['id_ecdsa', 'id_ecdsa.pub'],
    ['id_ecdsa.pub', 'id_ecdsa'],
  ])('a missing %s is reported and nothing is changed', async (gone, kept) => {
    await loadOrCreateSigningKeys(folder);
    await rm(inFolder(gone));
    const before = await readFile(inFolder(kept));
    const failure = loadOrCreateSigningKeys(folder);
    await expect(failure).rejects.toThrow(SigningKeyError);
    await expect(failure).rejects.toThrow(`The signing key ${inFolder(gone)} is missing`);
    expect(await readFile(inFolder(kept))).toEqual(before);
    await expect(stat(inFolder(gone))).rejects.toThrow('ENOENT');
  });

  it('a file that is not a key, a key of another curve, and two keys that do not match are refused', async () => {
    await loadOrCreateSigningKeys(folder);
    const pem = await readFile(inFolder('id_ecdsa'));

    await writeFile(inFolder('id_ecdsa'), 'hello');
    await expect(loadOrCreateSigningKeys(folder)).rejects.toThrow('id_ecdsa is not a key in PEM format');

    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    await writeFile(inFolder('id_ecdsa'), other.export({ type: 'pkcs8', format: 'pem' }));
    await expect(loadOrCreateSigningKeys(folder)).rejects.toThrow('id_ecdsa is not an ECDSA P-256 key');

    await writeFile(inFolder('id_ecdsa'), pem);
    await writeFile(inFolder('id_ecdsa.pub'), generateSigningKeys().publicKeyPem);
    await expect(loadOrCreateSigningKeys(folder)).rejects.toThrow('is not the public key of');
  });

  it('an unreadable file or an unwritable folder is named in the error', async () => {
    await writeFile(inFolder('file'), '');
    await expect(loadOrCreateSigningKeys(inFolder('file/keys'))).rejects.toThrow(SigningKeyError);
    if (process.getuid?.() === 0) return; // Root ignores permissions.
    await loadOrCreateSigningKeys(folder);
    await chmod(inFolder('id_ecdsa'), 0);
    await expect(loadOrCreateSigningKeys(folder)).rejects.toThrow(
      `Cannot read the signing key ${inFolder('id_ecdsa')}`,
    );
  });
});
