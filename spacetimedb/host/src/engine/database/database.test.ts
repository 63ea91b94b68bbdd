import { describe, expect, test, vi } from 'vitest';
import { loadModule } from '../../node/module/isolate.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { ClientConnection } from '../protocol/client-connection.ts';
import { ConnectionId, Identity } from 'spacetimedb';
import { MicrosecondClock } from './clock.ts';
import type { Database } from './database.ts';
import { DatabaseLog } from './logs.ts';
import { migrateDatabase } from './migrate-database.ts';
import { createDatabase } from './open-database.ts';
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

/** A disk that is as slow as a test wants it to be, and may break. */
class SlowStorage implements DatabaseStorage {
  durableOffset = 0;
  #offset = 0;
  readonly #listeners = new Set<() => void>();
  #onFailure: (error: Error) => void = () => undefined;

  load(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  append(): number {
    return ++this.#offset;
  }

  onDurable(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onFailure(listener: (error: Error) => void): void {
    this.#onFailure = listener;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  catchUp(): void {
    this.durableOffset = this.#offset;
    for (const listener of this.#listeners) listener();
  }

  breakDown(): void {
    this.#onFailure(new Error('no space left on device'));
  }
}

async function open(storage: SlowStorage, limits: Partial<HostLimits> = {}) {
  const time = new ManualTime(Date.now() * 1000);
  const meta = { identity: '1'.repeat(64), owner: '2'.repeat(64), names: ['notes'], programHash: '' };
  const parts = {
    meta,
    storage,
    loader: loadModule,
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

describe('a client with confirmed reads', () => {
  test('is told of a transaction only when that is on disk, and one without at once', async () => {
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

  test('is asked to come again later when the disk is so slow that too much waits for it', async () => {
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
    // It has left, and nothing is kept for it any more.
    await vi.waitFor(() => expect(database.usage.outgoingBytes()).toBe(0));
    expect(database.usage.liveQueries).toBe(0);
  });
});

test('a database whose disk fails sends everybody away, takes no calls, and says why', async () => {
  const storage = new SlowStorage();
  const { database, parts, program } = await open(storage);
  const { socket } = connect(database, true);
  storage.breakDown();
  expect(socket.close).toHaveBeenCalledWith(1001, 'module exited');
  const caller = { identity: database.owner, connectionId: null };
  expect(database.callReducer(caller, 'add', ADD)).toMatchObject({
    tag: 'fatal',
    message: expect.stringContaining('cannot write to its disk'),
  });
  for (const statement of ['SELECT * FROM note', "INSERT INTO note (text) VALUES ('lost')"]) {
    expect(() => database.sql(caller, statement)).toThrow('cannot write to its disk');
  }
  const publish = migrateDatabase(database, parts, program, { mayBreakClients: true });
  await expect(publish).rejects.toThrow('cannot write to its disk');
  expect(database.logs.tail(1)).toMatchObject([
    { level: 'Panic', message: expect.stringContaining('no space left') },
  ]);
  const late = connect(database, true);
  expect(late.socket.terminate).toHaveBeenCalled();
});
