import { describe, expect, onTestFinished, test } from 'vitest';
import { startHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

/** A module whose tables have everything that a restart could lose. */
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

describe('restart', { timeout: 120_000 }, () => {
  test('after a restart a host has every row, identity and key, and continues its sequences', async () => {
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
    // The unique index works again.
    expect((await post(`${second.uri}/v1/database/counter/call/add`, '["a"]', headers)).status).toBe(530);
    expect((await post(`${second.uri}/v1/database/counter/call/add`, '["d"]', headers)).status).toBe(200);
    const [id] = second.sql("SELECT id FROM entry WHERE label = 'd'").rows[0] ?? [];
    expect(id).toBeGreaterThan(3n);
  });

  test('data survives a module change that can be migrated automatically', async () => {
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

    // The migrated data is on disk.
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
