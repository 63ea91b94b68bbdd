import { ConnectionId, Identity } from 'spacetimedb';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { loadModule } from '../../node/module/isolate.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { MicrosecondClock } from './clock.ts';
import type { DatabaseClient } from './database-parts.ts';
import { DatabaseLog } from './logs.ts';
import { createDatabase, openDatabase } from './open-database.ts';
import { MemoryStorage } from './storage.ts';
import { ManualTime } from './time-source.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SOURCE = `
  import { schema, table, t } from 'spacetimedb/server';
  const note = table({ name: 'note', public: true }, { text: t.string() });
  const spacetimedb = schema({ note });
  export default spacetimedb;
  export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => { ctx.db.note.insert({ text }); });
  export const seen = spacetimedb.anonymousView({ name: 'seen', public: true }, t.array(note.rowType), (ctx) => {
    const rows = [...ctx.db.note.iter()];
    while (rows.some(({ text }) => text === 'poison'));
    return rows;
  });
  export const leave = spacetimedb.clientDisconnected(() => { for (;;); });
`;
const LIMIT = 2000;

let program: Uint8Array;
beforeAll(async () => {
  program = new TextEncoder().encode(await bundleSource(SOURCE));
});

function makeParts() {
  const time = new ManualTime(Date.now() * 1000);
  const meta = { identity: '1'.repeat(64), owner: '2'.repeat(64), names: ['notes'], programHash: '' };
  const clock = new MicrosecondClock(() => time.now());
  const limits = { ...DEFAULT_LIMITS, callMillis: LIMIT };
  return {
    meta,
    storage: new MemoryStorage(),
    loader: loadModule,
    clock,
    time,
    log: new DatabaseLog(),
    limits,
  };
}

const stored = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    identity: '3'.repeat(64),
    connectionId: String(n + 1).padStart(32, '0'),
    jwtPayload: '',
  }));

describe('a module that never returns', () => {
  test('a database opens after a crash even if on_disconnect of its stale clients never returns', async () => {
    const parts = makeParts();
    const database = await openDatabase(parts, {
      meta: parts.meta,
      program,
      rows: new Map(),
      sequences: new Map(),
      clients: stored(5),
      time: 0,
    });
    const lines = parts.log.tail().map(({ level, message }) => `${level} ${message}`);
    expect(lines).toEqual([
      `Panic The reducer was stopped after ${LIMIT} ms, the most that it may run (limit callMillis)`,
      expect.stringMatching(/^Error 4 clients were disconnected without on_disconnect/),
    ]);
    await database.close();
  });

  test('a transaction is not committed when a view of its changes never returns', async () => {
    const parts = makeParts();
    const database = await createDatabase(parts, program);
    const client: DatabaseClient = {
      identity: Identity.zero(),
      connectionId: ConnectionId.random(),
      transactionUpdate: vi.fn(),
      subscriptionFailed: vi.fn(),
      moduleExited: vi.fn(),
    };
    database.attach(client);
    database.subscribe(client, 1, ['SELECT * FROM seen']);
    const add = (text: string) =>
      database.callReducer({ identity: database.owner, connectionId: ConnectionId.random() }, 'add', {
        format: 'json',
        text: JSON.stringify([text]),
      });
    expect(add('first')).toMatchObject({ tag: 'ok' });
    expect(add('poison')).toMatchObject({
      tag: 'fatal',
      message: 'The instance encountered a fatal error.',
    });
    expect(add('second')).toMatchObject({ tag: 'ok' });
    const rows = database.sql({ identity: database.owner, connectionId: null }, 'SELECT text FROM note').rows;
    expect(rows).toEqual([['first'], ['second']]);
    expect(client.transactionUpdate).toHaveBeenCalledTimes(2);
    await database.close();
  });
});
