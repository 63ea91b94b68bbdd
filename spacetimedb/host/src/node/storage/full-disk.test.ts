import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCli } from '../../testing/cli.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../../..');

const MODULE = `
  import { schema, table, t } from 'spacetimedb/server';
  const note = table({ name: 'note', public: true }, { text: t.string() });
  const visit = table({ name: 'visit' }, { id: t.u64().primaryKey().autoInc() });
  const spacetimedb = schema({ note, visit });
  export default spacetimedb;
  export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => { ctx.db.note.insert({ text }); });
  export const came = spacetimedb.clientConnected((ctx) => { ctx.db.visit.insert({ id: 0n }); });
`;

/** Mounts a disk of 24 MiB. @returns `undefined` where this user may not mount one */
async function smallDisk(): Promise<string | undefined> {
  const folder = await temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]);
  if (mounted.status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  return folder;
}

async function fill(disk: string): Promise<void> {
  const piece = Buffer.alloc(4096, 1);
  const full = await writeFile(path.join(disk, 'filler'), Buffer.alloc(64 * 1024 * 1024, 1)).catch(
    (error: NodeJS.ErrnoException) => error.code,
  );
  expect(full).toBe('ENOSPC');
  await writeFile(path.join(disk, 'crumbs'), piece).catch(() => undefined);
}

describe('a host whose disk becomes full', { timeout: 120_000 }, () => {
  test('a full disk refuses changes with one sentence, keeps serving reads, and loses nothing that was confirmed', async ({
    skip,
  }) => {
    const disk = await smallDisk();
    if (disk === undefined) return skip('this user may not mount a small disk');
    const module = path.join(await temporaryFolder(), 'module');
    await mkdir(path.join(module, 'src'), { recursive: true });
    await writeFile(path.join(module, 'src', 'index.ts'), MODULE);
    await symlink(path.join(ROOT, 'node_modules'), path.join(module, 'node_modules'));
    const words = ['start', '--module', module, '--name', 'notes', '--port', '0'];
    const running = await startCli(...words, '--data-dir', path.join(disk, 'data'));
    onTestFinished(() => void running.process.kill('SIGKILL'));

    const post = (what: string, body: string) =>
      fetch(`${running.line}/v1/database/notes/${what}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
    const confirmed: string[] = [];
    const refused: string[] = [];
    const add = async (text: string) => {
      const answer = await post('call/add', JSON.stringify([text]));
      if (answer.status === 200) confirmed.push(text);
      else refused.push(`${answer.status} ${await answer.text()}`);
    };

    await add('before');
    await fill(disk);
    for (let n = 0; refused.length < 5; n++) await add(`${n} ${'x'.repeat(20_000)}`);
    expect(new Set(refused)).toEqual(
      new Set(['503 The disk is full: changes are refused until there is room again']),
    );
    expect((await fetch(`${running.line}/v1/ping`)).status).toBe(200);
    const read = await post('sql', 'SELECT text FROM note');
    expect(read.status).toBe(200);
    const seen = ((await read.json()) as { rows: [string][] }[])[0]?.rows.map(([text]) => text) ?? [];
    expect(seen).toEqual(expect.arrayContaining(confirmed));
    const token = (await readFile(path.join(disk, 'data', 'owner.token'), 'utf8')).trim();
    for (const target of ['another?host_type=Js', 'notes?host_type=Js&clear=true']) {
      const published = await fetch(`${running.line}/v1/database/${target}`, {
        method: 'PUT',
        body: await bundleSource(MODULE),
        headers: { authorization: `Bearer ${token}` },
      });
      expect([published.status, await published.text()]).toEqual([
        503,
        'The disk is full: changes are refused until there is room again',
      ]);
    }
    expect(running.process.exitCode).toBeNull();

    await rm(path.join(disk, 'filler'));
    const before = confirmed.length;
    await expect
      .poll(() => add(`after ${refused.length}`).then(() => confirmed.length), { timeout: 30_000 })
      .toBeGreaterThan(before);

    running.process.kill('SIGKILL');
    await running.finished;
    const again = await startCli(...words, '--data-dir', path.join(disk, 'data'));
    onTestFinished(() => void again.process.kill('SIGKILL'));
    const answer = await fetch(`${again.line}/v1/database/notes/sql`, {
      method: 'POST',
      body: 'SELECT text FROM note',
    });
    const kept = ((await answer.json()) as { rows: [string][] }[])[0]?.rows.map(([text]) => text) ?? [];
    expect(new Set(kept).size).toBe(kept.length);
    expect(kept).toEqual(expect.arrayContaining(confirmed));
    again.process.kill('SIGTERM');
    expect((await again.finished).exitCode).toBe(0);
  });
});
