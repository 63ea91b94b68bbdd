import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadModule } from '../../node/module/isolate.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { ClientConnection } from '../client/client-connection.ts';
import { ConnectionId, Identity } from 'spacetimedb';
import { MicrosecondClock } from './clock.ts';
import type { Database } from './database.ts';
import { DatabaseLog } from './logs.ts';
import { migrateDatabase } from './migrate-database.ts';
import { createDatabase } from './open-database.ts';
import { UnavailableError } from '../database-api.ts';
import type { DatabaseStorage } from './storage.ts';
import { DEFAULT_LIMITS, type HostLimits } from '../limits.ts';
import { ManualTime } from './time-source.ts';

const SOURCE = `
  import { schema, table, t } from 'spacetimedb/server';
  const note = table({ name: 'note', public: true }, { text: t.string() });
  const spacetimedb = schema({ note });
  export default spacetimedb;
  export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => { ctx.db.note.insert({ text }); });
`;

/** Storage that confirms writes only when the test says so, and can fail. */
class SlowStorage implements DatabaseStorage {
  durableOffset = 0;
  #offset = 0;
  readonly #listeners = new Set<() => void>();
  readonly queuedBytes = 0;
  failure: string | undefined;

  load(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  append(): number {
    return ++this.#offset;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  catchUp(): void {
    this.failure = undefined;
    this.durableOffset = this.#offset;
    for (const listener of [...this.#listeners]) listener();
  }

  breakDown(): void {
    this.failure = 'The disk is full';
    for (const listener of [...this.#listeners]) listener();
  }
}

async function open(storage: SlowStorage, limits: Partial<HostLimits> = {}) {
  const time = new ManualTime(Date.now() * 1000);
  const meta = { identity: '1'.repeat(64), owner: '2'.repeat(64), names: ['notes'], programHash: '' };
  const parts = {
    meta,
    storage,
    loader: async (...args: Parameters<typeof loadModule>) => {
      const module = await loadModule(...args);
      onTestFinished(() => module.dispose());
      return module;
    },
    clock: new MicrosecondClock(() => time.now()),
    time,
    log: new DatabaseLog(),
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
  const program = new TextEncoder().encode(await bundleSource(SOURCE));
  return { database: await createDatabase(parts, program), parts, program };
}

const ADD = { format: 'json', text: '["hello"]' } as const;

function connect(database: Database, confirmedReads: boolean) {
  const socket = {
    waitingBytes: 0,
    ...{ send: vi.fn(), pause: vi.fn(), resume: vi.fn() },
    ...{ close: vi.fn(), cutOff: vi.fn(), terminate: vi.fn() },
  };
  const connection = new ClientConnection({
    database,
    client: {
      identity: Identity.fromString('3'.repeat(64)),
      connectionId: ConnectionId.random(),
      jwtPayload: '',
    },
    token: '',
    socket,
    isV3: false,
    confirmedReads,
    toFrame: (payload) => payload,
    turn: () => 0,
  });
  connection.open();
  return { connection, socket };
}

describe('confirmed reads', { timeout: 120_000 }, () => {
  test('a client with confirmed reads sees a transaction only after it is on disk, others see it at once', async () => {
    const storage = new SlowStorage();
    const { database } = await open(storage);
    storage.catchUp();
    const patient = connect(database, true);
    const hasty = connect(database, false);
    storage.catchUp();
    for (const { connection } of [patient, hasty]) database.subscribe(connection, 1, ['SELECT * FROM note']);
    await vi.waitFor(() => expect(patient.socket.send).toHaveBeenCalledTimes(1));

    database.callReducer({ identity: database.owner, connectionId: null }, 'add', ADD);
    await vi.waitFor(() => expect(hasty.socket.send).toHaveBeenCalledTimes(2));
    expect(patient.socket.send).toHaveBeenCalledTimes(1);
    storage.catchUp();
    expect(patient.socket.send).toHaveBeenCalledTimes(2);
  });

  test('a client with confirmed reads is asked to come back later when too much waits for a slow disk', async () => {
    const storage = new SlowStorage();
    const { database } = await open(storage, { outgoingBytes: 4_000 });
    storage.catchUp();
    const { connection, socket } = connect(database, true);
    storage.catchUp();
    database.subscribe(connection, 1, ['SELECT * FROM note']);
    const caller = { identity: database.owner, connectionId: null };
    for (let n = 0; n < 100; n++) {
      database.callReducer(caller, 'add', { format: 'json', text: `["${'x'.repeat(100)}${n}"]` });
    }
    expect(socket.cutOff.mock.calls).toEqual([[1013, expect.stringContaining('limit outgoingBytes: 4000')]]);
    expect(database.logs.tail().filter(({ level }) => level === 'Warn')).toHaveLength(1);
    // Everything about the client has been released.
    await vi.waitFor(() => expect(database.usage.outgoingBytes()).toBe(0));
    expect(database.usage.liveQueries).toBe(0);
  });
});

describe('a full disk', { timeout: 120_000 }, () => {
  test('a database whose disk is full refuses changes with a reason and still serves reads', async () => {
    const storage = new SlowStorage();
    const { database, parts, program } = await open(storage);
    const { connection, socket } = connect(database, false);
    const caller = { identity: database.owner, connectionId: null };
    expect(database.callReducer(caller, 'add', ADD)).toMatchObject({ tag: 'ok' });
    storage.breakDown();
    const refusal = { tag: 'unavailable', message: 'The disk is full' };
    expect(database.callReducer(caller, 'add', ADD)).toEqual(refusal);
    expect(database.callFromClient(connection, caller, 'add', ADD).outcome).toEqual(refusal);
    expect(() => database.sql(caller, "INSERT INTO note (text) VALUES ('no')")).toThrow(UnavailableError);
    expect(() => database.sql(caller, "DELETE FROM note WHERE text = 'hello'")).toThrow('The disk is full');
    const publish = migrateDatabase(database, parts, program, () => {});
    await expect(publish).rejects.toThrow('The disk is full');

    expect(database.sql(caller, 'SELECT * FROM note').rows).toHaveLength(1);
    expect(database.queryOnce(connection, 'SELECT * FROM note').tables).toHaveLength(1);
    const late = connect(database, false);
    await vi.waitFor(() => expect(late.socket.send).toHaveBeenCalledTimes(1), 20_000);
    expect(late.socket.terminate).not.toHaveBeenCalled();
    expect(socket.close).not.toHaveBeenCalled();
    expect(database.logs.tail(1)).toMatchObject([{ level: 'Error', message: 'The disk is full' }]);
  });

  test('a database accepts calls again when the disk has room, without losing anything or running refused calls', async () => {
    const storage = new SlowStorage();
    const { database } = await open(storage);
    const caller = { identity: database.owner, connectionId: null };
    storage.breakDown();
    database.callReducer(caller, 'add', ADD);
    storage.catchUp();
    expect(database.sql(caller, 'SELECT * FROM note').rows).toEqual([]);
    expect(database.callReducer(caller, 'add', ADD)).toMatchObject({ tag: 'ok' });
    expect(database.sql(caller, 'SELECT * FROM note').rows).toHaveLength(1);
  });

  test('waiting for durability is rejected when the disk is full', async () => {
    const storage = new SlowStorage();
    const { database } = await open(storage);
    database.callReducer({ identity: database.owner, connectionId: null }, 'add', ADD);
    const durable = database.durable();
    storage.breakDown();
    await expect(durable).rejects.toThrow(new UnavailableError('The disk is full'));
    storage.catchUp();
    await database.durable();
  });
});
