import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startHost } from '../index.ts';
import { runInProcess } from '../testing/cli-in-process.ts';
import { bundleSource } from '../testing/module-source.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { resetOwner } from './owner.ts';

let program: string;
beforeAll(async () => {
  program = await bundleSource(`
    import { schema, table, t } from 'spacetimedb/server';
    const note = table({ name: 'note' }, { text: t.string() });
    const spacetimedb = schema({ note });
    export default spacetimedb;
    export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => { ctx.db.note.insert({ text }); });
  `);
});

/** A data folder with one database, and its owner's token. */
async function usedFolder() {
  const dataDir = await temporaryFolder();
  const host = await startHost({ program, name: 'notes', dataDir });
  host.call('add', ['kept']);
  await host.stop();
  return { dataDir, token: host.ownerToken };
}

/** Starts a host and checks whether the owner's token owns the database. */
async function ownerWorks(dataDir: string): Promise<boolean> {
  const host = await startHost({ program, name: 'notes', dataDir });
  try {
    const answer = await fetch(`${host.uri}/v1/database/notes/sql`, {
      method: 'POST',
      body: 'SELECT text FROM note',
      headers: {
        authorization: `Bearer ${(await readFile(path.join(dataDir, 'owner.token'), 'utf8')).trim()}`,
      },
    });
    return answer.status === 200 && (await answer.text()).includes('kept');
  } finally {
    await host.stop();
  }
}

const COMMAND = (dataDir: string) => `spacetimedb-host owner --reset --data-dir ${dataDir}`;

describe('owner of a data folder', { timeout: 300_000 }, () => {
  test.each([
    ['the token is lost', 'owner.token', (file: string) => rm(file)],
    ['the token is garbled', 'owner.token', (file: string) => writeFile(file, 'eyJ0eXAi.garbled')],
    ['the token is emptied', 'owner.token', (file: string) => writeFile(file, '')],
    ['the keys are lost', 'keys', (file: string) => rm(file, { recursive: true })],
    ['a key is lost', 'keys/id_ecdsa', (file: string) => rm(file)],
    ['a key is garbled', 'keys/id_ecdsa', (file: string) => writeFile(file, 'garbled')],
    ['a key is that of another pair', 'keys/id_ecdsa', otherKey],
  ])(
    'if %s, the host says what is missing and names the command that fixes it',
    async (_what, name, damage) => {
      const { dataDir } = await usedFolder();
      const file = path.join(dataDir, name);
      await damage(file);
      const before = await readdir(dataDir);
      await expect(startHost({ program, name: 'notes', dataDir })).rejects.toThrow(
        expect.objectContaining({
          message: expect.stringMatching(new RegExp(`^[^\\n]*${file}[^\\n]*${COMMAND(dataDir)}[^\\n]*$`)),
        }),
      );
      expect(await readdir(dataDir)).toEqual(before);

      const { isSameIdentity, hasNewKeys } = await resetOwner(dataDir);
      expect(isSameIdentity).toBe(true);
      expect(hasNewKeys).toBe(name.startsWith('keys'));
      expect(await ownerWorks(dataDir)).toBe(true);
    },
  );

  test('a new identity can become the owner if the old one is lost', async () => {
    const { dataDir, token } = await usedFolder();
    for (const name of ['owner.token', 'owner.json']) await rm(path.join(dataDir, name));
    expect(await resetOwner(dataDir)).toMatchObject({ isSameIdentity: false, transferred: ['notes'] });
    expect(await ownerWorks(dataDir)).toBe(true);
    const host = await startHost({ program, name: 'notes', dataDir });
    const answer = await fetch(`${host.uri}/v1/database/notes/sql`, {
      method: 'POST',
      body: "INSERT INTO note (text) VALUES ('mine')",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(400);
    await host.stop();
  });

  test("the owner's identity is taken from the token if keys and notes are lost", async () => {
    const { dataDir } = await usedFolder();
    await rm(path.join(dataDir, 'owner.json'));
    await rm(path.join(dataDir, 'keys'), { recursive: true });
    expect(await resetOwner(dataDir)).toMatchObject({ isSameIdentity: true, hasNewKeys: true });
    expect(await ownerWorks(dataDir)).toBe(true);
  });

  test('the owner is not reset while a host runs or where there is no data', async () => {
    const dataDir = await temporaryFolder();
    const host = await startHost({ program, name: 'notes', dataDir });
    await expect(resetOwner(dataDir)).rejects.toThrow(/in use by another host/);
    await host.stop();
    const nowhere = path.join(dataDir, 'nowhere');
    await expect(resetOwner(nowhere)).rejects.toThrow(`there is no data folder ${nowhere}`);
  });

  test('the command resets the owner and says what it did', async () => {
    const { dataDir } = await usedFolder();
    await rm(path.join(dataDir, 'keys'), { recursive: true });
    const { exitCode, stdout, stderr } = await runInProcess('owner', '--reset', '--data-dir', dataDir);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(path.join(dataDir, 'owner.token'));
    expect(stdout).toContain('everyone has to sign in again');
    expect(await runInProcess('owner', '--data-dir', dataDir)).toMatchObject({ exitCode: 2 });
  });
});

/** Replaces the host's private key with another one. */
async function otherKey(file: string): Promise<void> {
  const other = await temporaryFolder();
  await mkdir(other, { recursive: true });
  const host = await startHost({ program, name: 'notes', dataDir: other });
  await host.stop();
  await writeFile(file, await readFile(path.join(other, 'keys', 'id_ecdsa')));
}
