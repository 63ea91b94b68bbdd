import { BinaryReader, ConnectionId, Identity } from 'spacetimedb';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MicrosecondClock } from '../engine/database/clock.ts';
import type { Database, DatabaseClient } from '../engine/database/database.ts';
import { DatabaseLog } from '../engine/database/logs.ts';
import { createDatabase } from '../engine/database/open-database.ts';
import { MemoryStorage } from '../engine/database/storage.ts';
import { ManualTime } from '../engine/database/time-source.ts';
import { DEFAULT_LIMITS } from '../engine/limits.ts';
import type { QueryRows, QuerySetUpdate } from '../engine/wire/messages.ts';
import { bundleSource } from '../testing/module-source.ts';
import { loadModule } from './module/isolate.ts';

/** Private notes, readable by their recipient, and public ones. */
const NOTES = `
  import { schema, table, t, SenderError } from 'spacetimedb/server';
  const note = table({ name: 'note' }, { reader: t.identity().index('btree'), text: t.string() });
  const notice = table({ name: 'notice' }, { board: t.u8().index('btree'), text: t.string() });
  const other = table({ name: 'other' }, { text: t.string() });
  const mark = table(
    { name: 'mark' },
    { reader: t.identity().primaryKey(), page: t.string(), weight: t.u8().index('btree') });
  const spacetimedb = schema({ note, notice, other, mark });
  export default spacetimedb;
  const Line = t.row('Line', { text: t.string() });
  export const myNotes = spacetimedb.view({ public: true }, t.array(Line), (ctx) =>
    [...ctx.db.note.reader.filter(ctx.sender)].map(({ text }) => ({ text })));
  export const firstNote = spacetimedb.view({ public: true }, t.option(Line), (ctx) => {
    for (const { text } of ctx.db.note.reader.filter(ctx.sender)) return { text };
  });
  export const notices = spacetimedb.anonymousView({ public: true }, t.array(Line), (ctx) =>
    [...ctx.db.notice.board.filter(1)].map(({ text }) => {
      if (text === 'bad') throw new Error('this notice is bad');
      return { text };
    }));
  export const askedFor = spacetimedb.view({ public: true }, t.array(note.rowType), (ctx) =>
    ctx.from.note.where((row) => row.text.eq('asked')));
  export const writing = spacetimedb.view({ public: true }, t.array(Line), (ctx) => {
    const { board } = ctx.db.notice;
    board.delete(1);
    return [];
  });
  export const write = spacetimedb.reducer({ reader: t.identity(), text: t.string() }, (ctx, row) => { ctx.db.note.insert(row); });
  export const erase = spacetimedb.reducer({ reader: t.identity() }, (ctx, { reader }) => { ctx.db.note.reader.delete(reader); });
  export const pin = spacetimedb.reducer({ board: t.u8(), text: t.string() }, (ctx, row) => { ctx.db.notice.insert(row); });
  export const unpin = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
    for (const row of ctx.db.notice.iter()) if (row.text === text) ctx.db.notice.delete(row);
  });
  export const turn = spacetimedb.reducer({ reader: t.identity(), page: t.string(), weight: t.u8() }, (ctx, row) => {
    ctx.db.mark.reader.delete(row.reader);
    ctx.db.mark.insert(row);
  });
  export const myPage = spacetimedb.view({ public: true }, t.option(Line), (ctx) => {
    console.log('page of ' + ctx.sender.toHexString().slice(-1));
    const page = ctx.db.mark.reader.find(ctx.sender)?.page;
    return page === undefined ? undefined : { text: page };
  });
  export const lightPages = spacetimedb.view({ public: true }, t.array(Line), (ctx) =>
    [...ctx.db.mark.weight.filter(1)].map(({ page }) => ({ text: page })));
  const Seat = t.row('Seat', { place: t.u8().primaryKey(), name: t.string() });
  export const seats = spacetimedb.anonymousView({ public: true }, t.array(Seat), (ctx) =>
    [...ctx.db.other.iter()].map(({ text }) => ({ place: text.length, name: text })));
  export const unrelated = spacetimedb.reducer({ text: t.string() }, (ctx, row) => { ctx.db.other.insert(row); });
`;

const identity = (digit: string) => Identity.fromString(`c2${digit.repeat(62)}`);
const [OWNER, ANN, BOB] = [identity('0'), identity('a'), identity('b')];

let program: Uint8Array;
beforeAll(async () => {
  program = new TextEncoder().encode(await bundleSource(NOTES));
});

async function setUp(log = new DatabaseLog()): Promise<Database> {
  const time = new ManualTime();
  const database = await createDatabase(
    {
      meta: { identity: identity('d').toHexString(), owner: OWNER.toHexString(), names: [], programHash: '' },
      storage: new MemoryStorage(),
      loader: loadModule,
      time,
      clock: new MicrosecondClock(() => time.now()),
      log,
      limits: DEFAULT_LIMITS,
    },
    program,
  );
  onTestFinished(() => database.close());
  return database;
}

/** A client that records what it receives: `+` for inserted rows, `-` for deleted rows. */
function open(database: Database, who: Identity) {
  const told: string[] = [];
  const client: DatabaseClient = {
    identity: who,
    connectionId: ConnectionId.random(),
    transactionUpdate: (querySets: QuerySetUpdate[]) => told.push(...querySets.flatMap(changesIn)),
    subscriptionFailed: (_id, reason) => told.push(reason),
    moduleExited: () => undefined,
  };
  database.attach(client);
  let sets = 0;
  return {
    told,
    subscribe: (...queries: string[]) => textsIn(database.subscribe(client, ++sets, queries)),
    unsubscribe: () => database.unsubscribe(client, sets, true),
    leave: () => database.detach(client),
  };
}

/** A client that ignores what it receives. */
const stranger: DatabaseClient = {
  identity: ANN,
  connectionId: ConnectionId.random(),
  transactionUpdate: () => undefined,
  subscriptionFailed: () => undefined,
  moduleExited: () => undefined,
};

function textsIn({ tables }: QueryRows): string[] {
  return tables.flatMap(({ rows }) => lines(rows.rowsData)).sort();
}

function changesIn({ tables }: QuerySetUpdate): string[] {
  return tables.flatMap(({ rows }) =>
    rows.flatMap((change) => {
      if (change.tag !== 'PersistentTable') throw new Error('views have no events');
      const { inserts, deletes } = change.value;
      return [
        ...lines(deletes.rowsData).map((text) => `-${text}`),
        ...lines(inserts.rowsData).map((text) => `+${text}`),
      ];
    }),
  );
}

function lines(bytes: Uint8Array): string[] {
  const reader = new BinaryReader(bytes);
  const texts: string[] = [];
  while (reader.remaining > 0) texts.push(reader.readString());
  return texts;
}

function call(database: Database, reducer: string, ...args: unknown[]) {
  const caller = { identity: OWNER, connectionId: new ConnectionId(1n) };
  return database.callReducer(caller, reducer, { format: 'json', text: JSON.stringify(args) });
}

const to = (who: Identity) => [`0x${who.toHexString()}`];

describe('a view that depends on the caller', () => {
  test("a view returns the caller's rows and follows the tables that it reads", async () => {
    const database = await setUp();
    call(database, 'write', to(ANN), 'for Ann');
    const [ann, bob] = [open(database, ANN), open(database, BOB)];
    expect(ann.subscribe('SELECT * FROM my_notes')).toEqual(['for Ann']);
    expect(bob.subscribe('SELECT * FROM my_notes')).toEqual([]);
    call(database, 'write', to(BOB), 'for Bob');
    call(database, 'write', to(ANN), 'more for Ann');
    call(database, 'unrelated', 'for nobody');
    call(database, 'erase', to(ANN));
    expect(ann.told).toEqual(['+more for Ann', '-for Ann', '-more for Ann']);
    expect(bob.told).toEqual(['+for Bob']);
  });

  test('a view that has read single keys is computed again only when rows with these keys change', async () => {
    const log = new DatabaseLog();
    const database = await setUp(log);
    const [ann, bob] = [open(database, ANN), open(database, BOB)];
    for (const client of [ann, bob]) client.subscribe('SELECT * FROM my_page', 'SELECT * FROM light_pages');
    const computed = () =>
      log
        .tail()
        .map(({ message }) => message)
        .filter((message) => message.startsWith('page of'));
    const before = computed().length;
    call(database, 'turn', to(ANN), 'first', 1);
    call(database, 'turn', to(ANN), 'second', 2);
    call(database, 'turn', to(BOB), 'third', 1);
    expect(computed().slice(before)).toEqual(['page of a', 'page of a', 'page of b']);
    expect(ann.told.toSorted()).toEqual(['+first', '+first', '+second', '+third', '-first', '-first']);
    expect(bob.told.toSorted()).toEqual(['+first', '+third', '+third', '-first']);
  });

  test('the connections of a person share a view, and each can unsubscribe', async () => {
    const database = await setUp();
    const [one, other] = [open(database, ANN), open(database, ANN)];
    one.subscribe('SELECT * FROM my_notes');
    other.subscribe('SELECT * FROM my_notes', 'SELECT * FROM notices');
    call(database, 'write', to(ANN), 'a');
    one.unsubscribe();
    call(database, 'write', to(ANN), 'b');
    other.leave();
    call(database, 'write', to(ANN), 'c');
    expect([one.told, other.told]).toEqual([['+a'], ['+a', '+b']]);
    expect(one.subscribe('SELECT * FROM my_notes')).toEqual(['a', 'b', 'c']);
  });

  test('a query of a view may have a condition and run once', async () => {
    const database = await setUp();
    for (const text of ['a', 'b']) call(database, 'write', to(ANN), text);
    const ann = open(database, ANN);
    expect(ann.subscribe("SELECT * FROM my_notes WHERE text = 'b'")).toEqual(['b']);
    call(database, 'erase', to(ANN));
    expect(ann.told).toEqual(['-b']);
    call(database, 'write', to(BOB), 'c');
    const asked = (who: Identity) =>
      database.sql({ identity: who, connectionId: null }, 'SELECT text FROM my_notes').rows;
    expect([asked(ANN), asked(BOB)]).toEqual([[], [['c']]]);
  });

  test('a view may return one row or none', async () => {
    const database = await setUp();
    const ann = open(database, ANN);
    expect(ann.subscribe('SELECT * FROM first_note')).toEqual([]);
    call(database, 'write', to(ANN), 'a');
    call(database, 'erase', to(ANN));
    expect(ann.told).toEqual(['+a', '-a']);
  });
});

test('a view that returns a query has its rows, including those of private tables', async () => {
  const database = await setUp();
  const asked = () => database.sql({ identity: ANN, connectionId: null }, 'SELECT text FROM asked_for').rows;
  call(database, 'write', to(BOB), 'not asked');
  expect(asked()).toEqual([]);
  call(database, 'write', to(BOB), 'asked');
  expect(asked()).toEqual([['asked']]);
  expect(() => database.sql({ identity: ANN, connectionId: null }, 'SELECT text FROM note')).toThrow(
    'no such table',
  );
});

describe('a view that fails', () => {
  test('a failing view has no rows, and the log says why', async () => {
    const database = await setUp();
    call(database, 'pin', 1, 'bad');
    const ann = open(database, ANN);
    expect(ann.subscribe('SELECT * FROM notices')).toEqual([]);
    expect(database.sql({ identity: ANN, connectionId: null }, 'SELECT text FROM notices').rows).toEqual([]);
    const [line] = database.logs.tail(1);
    expect(line).toMatchObject({ level: 'Panic', message: expect.stringContaining('this notice is bad') });
    expect(ann.subscribe('SELECT * FROM my_notes')).toEqual([]);
    // Changes that would make the view fail again are allowed, and the next subscriber makes the host try it again.
    expect(call(database, 'pin', 1, 'good').tag).toBe('ok');
    expect(call(database, 'unpin', 'bad').tag).toBe('ok');
    expect(open(database, BOB).subscribe('SELECT * FROM notices')).toEqual(['good']);
  });

  test('a call that makes a subscribed view fail is refused, and the log says why', async () => {
    const database = await setUp();
    const ann = open(database, ANN);
    ann.subscribe('SELECT * FROM notices');
    expect(call(database, 'pin', 1, 'good').tag).toBe('ok');
    expect(call(database, 'pin', 1, 'bad')).toEqual({
      tag: 'fatal',
      message: 'The instance encountered a fatal error.',
    });
    expect(() =>
      database.sql(
        { identity: OWNER, connectionId: null },
        "INSERT INTO notice (board, text) VALUES (1, 'bad')",
      ),
    ).toThrow('The module instance encountered a fatal error: The instance encountered a fatal error.');
    expect(call(database, 'pin', 2, 'bad').tag).toBe('ok');
    expect(ann.told).toEqual(['+good']);
    expect(
      database.logs.tail().some(({ level, message }) => level === 'Panic' && message.includes('bad')),
    ).toBe(true);
  });

  test('a call that gives two rows of a view the same primary key fails', async () => {
    const database = await setUp();
    database.attach(stranger);
    database.subscribe(stranger, 1, ['SELECT * FROM seats']);
    expect(call(database, 'unrelated', 'a').tag).toBe('ok');
    expect(call(database, 'unrelated', 'b')).toEqual({
      tag: 'fatal',
      message: 'Error materializing view `seats`: Error materializing view',
    });
    expect(call(database, 'unrelated', 'bb').tag).toBe('ok');
    const seats = database.sql({ identity: ANN, connectionId: null }, 'SELECT name FROM seats').rows;
    expect(seats).toEqual([['a'], ['bb']]);
    const [line] = database.logs.tail(1);
    expect(line).toMatchObject({
      ...{ level: 'Error', function: 'seats' },
      message: expect.stringContaining('two of its rows have the same primary key `place`'),
    });
  });

  test('a view that writes has no rows', async () => {
    const database = await setUp();
    call(database, 'pin', 1, 'stays');
    expect(open(database, ANN).subscribe('SELECT * FROM writing')).toEqual([]);
    expect(open(database, ANN).subscribe('SELECT * FROM notices')).toEqual(['stays']);
  });
});

test('SQL cannot change the rows of a view', async () => {
  const database = await setUp();
  const owner = { identity: OWNER, connectionId: null };
  for (const statement of ['DELETE FROM notices', "INSERT INTO notices (text) VALUES ('x')"]) {
    expect(() => database.sql(owner, statement)).toThrow('DML on views is not supported');
  }
});

test('SELECT * FROM * includes views', async () => {
  const database = await setUp();
  call(database, 'pin', 1, 'read me');
  const everything = open(database, ANN);
  expect(everything.subscribe('SELECT * FROM *')).toEqual(['read me']);
});
