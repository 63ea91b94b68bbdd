import { BinaryWriter, ConnectionId, Identity, t as sdk, Timestamp } from 'spacetimedb';
import type { SocketAdapter } from 'spacetimedb-stores';
import { beforeEach, expect, it, vi } from 'vitest';
import {
  concat,
  decode,
  encode,
  type ClientMessage,
  type ServerMessage,
} from '../../adapters/test/protocol.ts';
import {
  DbConnectionBuilder,
  DbConnectionImpl,
  procedureSchema,
  reducerSchema,
  schema,
  t,
  table,
} from './index.ts';

// That the stores work on it is what their own tests show, in the project `small-sdk`.

const module = {
  ...schema({
    person: table({ name: 'person' }, t.row({ id: t.u32().primaryKey(), name: t.string() })),
    note: table({ name: 'note' }, t.row({ text: t.string() })),
  }).schemaType,
  reducers: [reducerSchema('add_note', { text: t.string() })],
  procedures: [procedureSchema('count_notes', { from: t.u32() }, t.u64())],
};
const note = sdk.object('Note', { text: sdk.string() });
const person = sdk.object('Person', { id: sdk.u32(), name: sdk.string() });

/** What carries the messages, as the stores give it. */
class Socket implements SocketAdapter {
  protocol = 'v3.bsatn.spacetimedb';
  readonly sent: ClientMessage[] = [];
  onopen = (): void => {};
  onclose = (_: CloseEvent): void => {};
  onerror = (_: ErrorEvent): void => {};
  onmessage = (_: { data: Uint8Array }): void => {};
  close = vi.fn();

  send(message: Uint8Array): void {
    this.sent.push(...decode(message));
  }

  tell(...messages: ServerMessage[]): void {
    this.onmessage({ data: concat(messages.map(encode)) });
  }
}

let socket: Socket;
let builder: DbConnectionBuilder;
beforeEach(() => {
  socket = new Socket();
  builder = new DbConnectionBuilder(module, (config) => new DbConnectionImpl(config))
    .withUri('http://chat.example')
    .withDatabaseName('chat')
    .withWSFn(() => Promise.resolve(socket));
});

/** Opens the socket, once the connection has it. */
async function opened(db: DbConnectionImpl): Promise<void> {
  await vi.waitFor(() => {
    socket.onopen();
    expect(db.isActive).toBe(true);
  });
}

/** A connection that the server has greeted. */
async function connected(): Promise<DbConnectionImpl> {
  const db = builder.build();
  await opened(db);
  socket.tell(greeting);
  return db;
}

const greeting: ServerMessage = {
  tag: 'InitialConnection',
  value: { identity: new Identity(7n), connectionId: new ConnectionId(8n), token: 'secret' },
};

function rowsOf(type: { serialize(writer: BinaryWriter, row: never): void }, ...rows: object[]) {
  const writer = new BinaryWriter(64);
  for (const row of rows) type.serialize(writer, row as never);
  return {
    sizeHint: { tag: 'RowOffsets' as const, value: rows.map(() => 0n) },
    rowsData: writer.getBuffer().slice(),
  };
}
const none = rowsOf(note);

it('says who one is, and sends what was said before it was open', async () => {
  const greeted = vi.fn();
  const db = builder.onConnect(greeted).build();
  void db.reducers['addNote']?.({ text: 'early' });
  await opened(db);
  socket.tell(greeting);
  expect(greeted).toHaveBeenCalledWith(db, new Identity(7n), 'secret');
  expect(db).toMatchObject({ isActive: true, token: 'secret', connectionId: new ConnectionId(8n) });
  expect(socket.sent).toMatchObject([{ tag: 'CallReducer', value: { reducer: 'add_note' } }]);
});

it('keeps the token that it was given', async () => {
  builder.withToken('mine');
  expect((await connected()).token).toBe('mine');
});

it('gives rows of the same and of other messages of a frame to whoever listens, when all tables are up to date', async () => {
  const db = await connected();
  const heard: string[] = [];
  const told = (what: string) => (_: object, row: object, after?: object) =>
    heard.push(`${what} ${Object.values(after ?? row).join(' ')}, ${db.db['note']?.count()}`);
  db.db['person']?.onInsert(told('came'));
  db.db['person']?.onUpdate(told('changed'));
  db.db['person']?.onDelete(told('went'));
  db.subscriptionBuilder().subscribe(['SELECT * FROM person', 'SELECT * FROM note']);
  const [{ value }] = socket.sent as [ClientMessage & { tag: 'Subscribe' }];
  const { requestId, querySetId } = value;
  const update = (changes: ReturnType<typeof rowsOf>[]): ServerMessage => ({
    tag: 'TransactionUpdate',
    value: {
      querySets: [
        {
          querySetId,
          tables: [
            {
              tableName: 'person',
              rows: [
                {
                  tag: 'PersistentTable',
                  value: { inserts: changes[0] ?? none, deletes: changes[1] ?? none },
                },
              ],
            },
          ],
        },
      ],
    },
  });
  socket.tell(
    {
      tag: 'SubscribeApplied',
      value: {
        requestId,
        querySetId,
        rows: {
          tables: [
            { table: 'person', rows: rowsOf(person, { id: 1, name: 'Ada' }) },
            { table: 'note', rows: rowsOf(note, { text: 'a' }, { text: 'b' }) },
          ],
        },
      },
    },
    update([rowsOf(person, { id: 1, name: 'Countess' }), rowsOf(person, { id: 1, name: 'Ada' })]),
    update([none, rowsOf(person, { id: 1, name: 'Countess' })]),
  );
  expect(heard).toEqual(['came 1 Ada, 2', 'changed 1 Countess, 2', 'went 1 Countess, 2']);
  expect([...(db.db['note'] ?? [])]).toEqual([{ text: 'a' }, { text: 'b' }]);
});

it('keeps a row as long as one query has it', async () => {
  const db = await connected();
  const gone = vi.fn();
  db.db['note']?.onDelete(gone);
  const handles = [1, 2].map(() => db.subscriptionBuilder().subscribe('SELECT * FROM note'));
  const sets = socket.sent.map((message) => (message as ClientMessage & { tag: 'Subscribe' }).value);
  const rows = { tables: [{ table: 'note', rows: rowsOf(note, { text: 'a' }) }] };
  for (const { requestId, querySetId } of sets) {
    socket.tell({ tag: 'SubscribeApplied', value: { requestId, querySetId, rows } });
  }
  for (const [index, handle] of handles.entries()) {
    const { requestId, querySetId } = sets[index] as (typeof sets)[0];
    expect(handle.isActive()).toBe(true);
    handle.unsubscribe();
    expect(socket.sent.at(-1)).toMatchObject({
      tag: 'Unsubscribe',
      value: { querySetId, flags: { tag: 'SendDroppedRows' } },
    });
    socket.tell({ tag: 'UnsubscribeApplied', value: { requestId, querySetId, rows } });
    expect(handle.isEnded()).toBe(true);
    expect(gone).toHaveBeenCalledTimes(index);
  }
  expect(db.db['note']?.count()).toBe(0n);
  expect(() => handles[0]?.unsubscribe()).toThrow('ended already');
});

it('tells of queries that the server refuses, and ends when it gives up one that was running', async () => {
  const db = await connected();
  const failed = vi.fn();
  const handle = db.subscriptionBuilder().onError(failed).subscribe('SELECT * FROM nothing');
  const [{ value }] = socket.sent as [ClientMessage & { tag: 'Subscribe' }];
  const { requestId, querySetId } = value;
  socket.tell({ tag: 'SubscriptionError', value: { requestId, querySetId, error: 'no such table' } });
  expect(failed).toHaveBeenCalledWith(expect.anything(), new Error('no such table'));
  expect(handle.isEnded()).toBe(true);
  socket.tell({ tag: 'SubscriptionError', value: { requestId: undefined, querySetId, error: 'too slow' } });
  await vi.waitFor(() => expect(socket.close).toHaveBeenCalled());
});

it('settles calls as the server answers them', async () => {
  const db = await connected();
  const outcome = async (
    answer: (requestId: number) => ServerMessage,
    call: () => Promise<unknown> | undefined,
  ) => {
    const result = call();
    const { requestId } = socket.sent.at(-1)?.value as { requestId: number };
    socket.tell(answer(requestId));
    return result?.then(
      (value) => ({ value }),
      (error: Error) => `${error.name}: ${error.message}`,
    );
  };
  const timestamp = new Timestamp(0n);
  const text = new BinaryWriter(8);
  text.writeString('too long');
  const reducer =
    (result: (ServerMessage & { tag: 'ReducerResult' })['value']['result']) =>
    (requestId: number): ServerMessage => ({
      tag: 'ReducerResult',
      value: { requestId, timestamp, result },
    });
  const add = () => db.reducers['addNote']?.({ text: 'a' });
  expect(await outcome(reducer({ tag: 'OkEmpty', value: {} } as never), add)).toEqual({ value: undefined });
  expect(await outcome(reducer({ tag: 'Err', value: text.getBuffer().slice() }), add)).toBe(
    'SenderError: too long',
  );
  expect(await outcome(reducer({ tag: 'InternalError', value: 'it trapped' }), add)).toBe(
    'InternalError: it trapped',
  );
  expect(
    await outcome(reducer({ tag: 'OkEmpty', value: {} } as never), () =>
      db.callReducer('other', Uint8Array.of(1, 2)),
    ),
  ).toEqual({ value: undefined });
  expect(socket.sent.at(-1)).toMatchObject({ value: { reducer: 'other', args: Uint8Array.of(1, 2) } });

  const procedure =
    (status: (ServerMessage & { tag: 'ProcedureResult' })['value']['status']) =>
    (requestId: number): ServerMessage => ({
      tag: 'ProcedureResult',
      value: {
        requestId,
        timestamp,
        status,
        totalHostExecutionDuration: { micros: 1n, __time_duration_micros__: 1n } as never,
      },
    });
  const count = () => db.procedures['countNotes']?.({ from: 1 });
  expect(await outcome(procedure({ tag: 'Returned', value: t.u64().encode(12n) }), count)).toEqual({
    value: 12n,
  });
  expect(await outcome(procedure({ tag: 'InternalError', value: 'it trapped' }), count)).toBe(
    'InternalError: it trapped',
  );
});

it('tells callbacks which call of ours brought a row, by the very arguments', async () => {
  const db = await connected();
  const events: unknown[] = [];
  db.db['note']?.onInsert((context: object) => void events.push((context as { event: unknown }).event));
  const args = { text: 'a' };
  void db.reducers['addNote']?.(args);
  const { requestId } = socket.sent.at(-1)?.value as { requestId: number };
  const rows = [{ tag: 'PersistentTable' as const, value: { inserts: rowsOf(note, args), deletes: none } }];
  const transactionUpdate = { querySets: [{ querySetId: { id: 0 }, tables: [{ tableName: 'note', rows }] }] };
  socket.tell({
    tag: 'ReducerResult',
    value: {
      requestId,
      timestamp: new Timestamp(5n),
      result: { tag: 'Ok', value: { retValue: new Uint8Array(), transactionUpdate } },
    },
  });
  expect(events).toMatchObject([
    { tag: 'Reducer', value: { timestamp: new Timestamp(5n), reducer: { name: 'add_note' } } },
  ]);
  expect((events[0] as { value: { reducer: { args: object } } }).value.reducer.args).toBe(args);
});

it('tells of a connection that is lost, and of one that could not be made', async () => {
  const [lost, refused] = [vi.fn(), vi.fn()];
  builder.onDisconnect(lost).onConnectError(refused);
  const db = await connected();
  socket.onerror({ message: 'broken' } as ErrorEvent);
  expect(socket.close).toHaveBeenCalled();
  socket.onclose({} as CloseEvent);
  expect(lost).toHaveBeenCalledWith(db, new Error('broken'));
  expect(refused).not.toHaveBeenCalled();
  builder.withWSFn(() => Promise.reject(new Error('nobody there'))).build();
  await vi.waitFor(() => expect(refused).toHaveBeenCalledWith(expect.anything(), new Error('nobody there')));
});

it('needs to know where to connect to, and what carries the messages', () => {
  const empty = () => new DbConnectionBuilder(module, (config) => new DbConnectionImpl(config));
  expect(() => empty().build()).toThrow('URI');
  expect(() => empty().withUri('ws://chat.example').build()).toThrow('Database name');
  expect(() => empty().withUri('ws://chat.example').withDatabaseName('chat').build()).toThrow('connect()');
});

it('refuses rows of a table that the bindings do not have', async () => {
  await connected();
  const rows = [{ tag: 'PersistentTable' as const, value: { inserts: none, deletes: none } }];
  const querySets = [{ querySetId: { id: 0 }, tables: [{ tableName: 'unknown', rows }] }];
  expect(() => socket.tell({ tag: 'TransactionUpdate', value: { querySets } })).toThrow('no table unknown');
});
