import { AlgebraicType, Identity, Timestamp } from 'spacetimedb';
import { UnavailableError } from '../../../engine/database-api.ts';
import { describe, expect, it } from 'vitest';
import { SqlError } from '../../../engine/sql/sql-error.ts';
import { startTestServer, type TestServer } from '../testing/start-test-server.ts';

const sql = (server: TestServer, init: Parameters<TestServer['request']>[1] = {}, query = '') =>
  server.request(`/v1/database/chat/sql${query}`, {
    method: 'POST',
    body: 'SELECT * FROM user',
    as: server.owner,
    ...init,
  });

describe('POST …/sql', () => {
  it('rows keep every digit of their integers', async () => {
    const server = await startTestServer();
    const response = await sql(server);
    // The CLI compares the type literally.
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('spacetime-execution-duration-micros')).toBe('11');
    expect(await response.text()).toBe(
      '[{"schema":{"elements":[{"name":{"some":"id"},"algebraic_type":{"U64":[]}}]},' +
        '"rows":[[18446744073709551615]],"total_duration_micros":11,' +
        '"stats":{"rows_inserted":0,"rows_deleted":0,"rows_updated":0}}]',
    );
  });

  it('special values are written as arrays and named in the schema', async () => {
    const server = await startTestServer();
    server.database.sqlOutcome = {
      columns: [
        { name: 'who', type: Identity.getAlgebraicType() },
        { name: 'sent', type: Timestamp.getAlgebraicType() },
        { name: undefined, type: AlgebraicType.String },
      ],
      rows: [[new Identity(0xc200n), new Timestamp(5n), 'a "b"\n']],
      stats: { inserted: 1, deleted: 2, updated: 3 },
      durationMicros: 0,
    };
    const [result] = (await (await sql(server)).json()) as [Record<string, unknown>];
    expect(result.rows).toEqual([[['0xc200'], [5], 'a "b"\n']]);
    expect(result.stats).toEqual({ rows_inserted: 1, rows_deleted: 2, rows_updated: 3 });
    expect(result.schema).toMatchObject({
      elements: [
        {
          name: { some: 'who' },
          algebraic_type: {
            Product: { elements: [{ name: { some: '__identity__' }, algebraic_type: { U256: [] } }] },
          },
        },
        { name: { some: 'sent' } },
        { name: { none: [] }, algebraic_type: { String: [] } },
      ],
    });
  });

  it('a statement without rows is answered', async () => {
    const server = await startTestServer();
    server.database.sqlOutcome = {
      columns: [],
      rows: [],
      stats: { inserted: 0, deleted: 0, updated: 0 },
      durationMicros: 1,
    };
    expect(await (await sql(server)).json()).toMatchObject([{ schema: { elements: [] }, rows: [] }]);
  });

  it('a statement runs as a client, and waits for the disk unless told not to', async () => {
    const server = await startTestServer();
    await sql(server);
    expect(server.database.events.map(({ tag }) => tag)).toEqual([
      'connected',
      'sql',
      'durable',
      'disconnected',
    ]);
    expect(server.database.events[1]).toMatchObject({ statement: 'SELECT * FROM user' });

    server.database.events.length = 0;
    server.database.untilDurable = new Promise(() => {});
    expect((await sql(server, {}, '?confirmed=false')).status).toBe(200);
    expect(server.database.events.map(({ tag }) => tag)).toEqual(['connected', 'sql', 'disconnected']);
  });

  it('reading works while the disk accepts nothing, writing does not', async () => {
    const server = await startTestServer();
    const full = new UnavailableError('The disk is full');
    server.database.untilDurable = Promise.reject(full);
    server.database.untilDurable.catch(() => undefined);
    expect((await sql(server)).status).toBe(200);
    const changed = {
      columns: [],
      rows: [],
      stats: { inserted: 1, deleted: 0, updated: 0 },
      durationMicros: 1,
    };
    for (const outcome of [changed, full]) {
      server.database.sqlOutcome = outcome;
      const response = await sql(server);
      expect([response.status, await response.text()]).toEqual([503, 'The disk is full']);
    }
  });

  it('a statement is answered when everything it saw is durable', async () => {
    const server = await startTestServer();
    let onDisk = () => {};
    server.database.untilDurable = new Promise((resolve) => (onDisk = resolve));
    let answered = false;
    const response = sql(server).then((answer) => {
      answered = true;
      return answer;
    });
    await expect.poll(() => server.database.events.at(-1)?.tag).toBe('durable');
    expect(answered).toBe(false);
    onDisk();
    expect((await response).status).toBe(200);
  });

  it('a refused statement is 400 with the reason', async () => {
    const server = await startTestServer();
    server.database.sqlOutcome = new SqlError('no such table: `x`');
    const response = await sql(server);
    expect([response.status, await response.text()]).toEqual([400, 'no such table: `x`']);
    expect(server.database.events.at(-1)?.tag).toBe('disconnected');
    expect(server.unexpected).toEqual([]);
  });

  it('a statement is 403 when client_connected refuses, and 404 without a database', async () => {
    const server = await startTestServer();
    server.database.connectOutcome = { tag: 'rejected', message: 'no' };
    const refused = await sql(server);
    expect([refused.status, await refused.text()]).toEqual([403, 'no']);
    expect((await server.request('/v1/database/nope/sql', { method: 'POST', body: 'x' })).status).toBe(404);
  });
});
