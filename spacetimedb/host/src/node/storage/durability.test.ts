import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startHost } from '../../index.ts';
import { startCli } from '../../testing/cli.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const CHAT = path.resolve(import.meta.dirname, '../../../..');

/** A module whose tables have all that a restart could lose. */
const COUNTER = `
  import { schema, table, t } from 'spacetimedb/server';
  const entry = table(
    { name: 'entry', public: true },
    { id: t.u64().primaryKey().autoInc(), label: t.string().unique(), by: t.connectionId() },
  );
  const visitor = table({ name: 'visitor' }, { id: t.connectionId().primaryKey() });
  const spacetimedb = schema({ entry, visitor });
  export default spacetimedb;
  export const add = spacetimedb.reducer({ label: t.string() }, (ctx, { label }) => {
    ctx.db.entry.insert({ id: 0n, label, by: ctx.connectionId });
  });
  export const drop = spacetimedb.reducer({ label: t.string() }, (ctx, { label }) => { ctx.db.entry.label.delete(label); });
  export const came = spacetimedb.clientConnected((ctx) => { ctx.db.visitor.insert({ id: ctx.connectionId }); });
  export const went = spacetimedb.clientDisconnected((ctx) => { ctx.db.visitor.id.delete(ctx.connectionId); });
`;

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

describe('a host that stops and starts again', { timeout: 60_000 }, () => {
  test('has every row, its identities and its keys, and goes on counting', async () => {
    const dataDir = await temporaryFolder();
    const program = await bundleSource(COUNTER);
    const first = await startHost({ program, name: 'counter', dataDir });
    const headers = { authorization: `Bearer ${first.ownerToken}` };
    for (const label of ['a', 'b', 'c']) {
      expect(
        (await post(`${first.uri}/v1/database/counter/call/add`, JSON.stringify([label]), headers)).status,
      ).toBe(200);
    }
    await post(`${first.uri}/v1/database/counter/call/drop`, '["b"]', headers);
    const before = first.sql('SELECT id, label FROM entry').rows;
    expect(before).toEqual([[1n, 'a'], [3n, 'c']]); // prettier-ignore
    await first.stop();

    const second = await startHost({ program, name: 'counter', dataDir });
    onTestFinished(() => second.stop());
    expect(second.identity).toBe(first.identity);
    expect(second.ownerToken).toBe(first.ownerToken);
    expect(second.sql('SELECT id, label FROM entry').rows).toEqual(before);
    // The unique index is there again, too.
    expect((await post(`${second.uri}/v1/database/counter/call/add`, '["a"]', headers)).status).toBe(530);
    expect((await post(`${second.uri}/v1/database/counter/call/add`, '["d"]', headers)).status).toBe(200);
    const [id] = second.sql("SELECT id FROM entry WHERE label = 'd'").rows[0] ?? [];
    expect(id).toBeGreaterThan(3n);
  });

  test('keeps the data when its module changes, as far as that goes by itself', async () => {
    const dataDir = await temporaryFolder();
    const first = await startHost({ program: await bundleSource(COUNTER), name: 'counter', dataDir });
    await post(`${first.uri}/v1/database/counter/call/add`, '["a"]');
    await first.stop();

    const added = COUNTER.replace(
      'by: t.connectionId()',
      "by: t.connectionId(), note: t.string().default('none')",
    );
    const second = await startHost({ program: await bundleSource(added), name: 'counter', dataDir });
    expect(second.sql('SELECT label, note FROM entry').rows).toEqual([['a', 'none']]);
    await second.stop();

    // What was migrated is on disk.
    const third = await startHost({ program: await bundleSource(added), name: 'counter', dataDir });
    expect(third.sql('SELECT label, note FROM entry').rows).toEqual([['a', 'none']]);
    await third.stop();

    const incompatible = COUNTER.replace('label: t.string()', 'label: t.u32()');
    await expect(
      startHost({ program: await bundleSource(incompatible), name: 'counter', dataDir }),
    ).rejects.toThrow(/label|entry/);
    const fourth = await startHost({ program: await bundleSource(added), name: 'counter', dataDir });
    onTestFinished(() => fourth.stop());
    expect(fourth.sql('SELECT label, note FROM entry').rows).toEqual([['a', 'none']]);
  });
});

describe('a host that is killed', { timeout: 60_000 }, () => {
  test('has everything that a client saw confirmed, and nobody stays connected', async () => {
    const dataDir = await temporaryFolder();
    const words = ['start', '--module', CHAT, '--name', 'chat', '--port', '0', '--data-dir', dataDir];
    const first = await startCli(...words);
    const owner = { authorization: `Bearer ${await readFile(path.join(dataDir, 'owner.token'), 'utf8')}` };
    // No limits to how much one person may do.
    const limits = JSON.stringify([0, 0, 0, 0, 0, 0, 0]);
    expect((await post(`${first.line}/v1/database/chat/call/set_flood_limits`, limits, owner)).status).toBe(
      200,
    );
    const { identity, token } = (await (await post(`${first.line}/v1/identity`, '')).json()) as Record<
      string,
      string
    >;
    const url = new URL(`${first.line.replace('http', 'ws')}/v1/database/chat/subscribe`);
    url.searchParams.set('token', token ?? '');
    url.searchParams.set('compression', 'None');
    const confirmed = await sendUntilKilled(url, first.process);
    await first.finished;
    expect(confirmed).toBeGreaterThan(10);

    const second = await startCli(...words);
    onTestFinished(() => void second.process.kill('SIGKILL'));
    const query = async (sql: string) => {
      const answer = (await (await post(`${second.line}/v1/database/chat/sql`, sql)).json()) as {
        rows: unknown[][];
      }[];
      return answer[0]?.rows ?? [];
    };
    const texts = new Set((await query('SELECT text FROM message')).map(([text]) => text));
    for (let n = 0; n < confirmed; n++) expect(texts).toContain(`message ${n}`);
    expect(await query(`SELECT online FROM user WHERE identity = 0x${identity}`)).toEqual([[false]]);
  });
});

/** Sends messages as fast as they are confirmed, kills the host in the middle of it, and says how many were. */
function sendUntilKilled(url: URL, host: { kill(signal: 'SIGKILL'): boolean }): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, 'v2.bsatn.spacetimedb');
    socket.binaryType = 'arraybuffer';
    let confirmed = 0;
    const send = (n: number) => {
      const text = new TextEncoder().encode(`message ${n}`);
      const name = new TextEncoder().encode('send_message');
      // CallReducer: tag, request id, flags, name, arguments; each of the last two with its length first.
      const message = new Uint8Array(1 + 4 + 1 + 4 + name.length + 4 + 4 + text.length);
      const view = new DataView(message.buffer);
      view.setUint8(0, 3);
      view.setUint32(1, n, true);
      view.setUint32(6, name.length, true);
      message.set(name, 10);
      view.setUint32(10 + name.length, 4 + text.length, true);
      view.setUint32(14 + name.length, text.length, true);
      message.set(text, 18 + name.length);
      socket.send(message);
    };
    socket.addEventListener('message', ({ data }) => {
      const [, tag] = new Uint8Array(data as ArrayBuffer);
      if (tag === 6) confirmed++;
      if (confirmed === 50) host.kill('SIGKILL');
      // A few on their way at any time, so that some are cut off.
      if (tag === 0) for (let n = 0; n < 8; n++) send(n);
      else if (tag === 6) send(confirmed + 7);
    });
    socket.addEventListener('close', () => resolve(confirmed));
  });
}
