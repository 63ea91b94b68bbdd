/** A WebSocket requests the connection id of an open connection. */
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { openRawClient, type RawClient } from '../../testing/raw-client.ts';
import { startHost, type StartedHost } from '../start-host.ts';

/** Records connected visitors and every connect and disconnect; on_disconnect can be made to fail. */
const VISITS = `
  import { schema, table, t } from 'spacetimedb/server';
  const visitor = table({ name: 'visitor' }, { id: t.string().index('btree'), identity: t.string() });
  const event = table({ name: 'event' }, { n: t.u64().primaryKey().autoInc(), text: t.string() });
  const mood = table({ name: 'mood' }, { id: t.u8().primaryKey(), failsToLeave: t.bool() });
  const spacetimedb = schema({ visitor, event, mood });
  export default spacetimedb;
  export const came = spacetimedb.clientConnected((ctx) => {
    ctx.db.visitor.insert({ id: ctx.connectionId.toHexString(), identity: ctx.sender.toHexString() });
    ctx.db.event.insert({ n: 0n, text: 'came ' + ctx.sender.toHexString() });
  });
  export const went = spacetimedb.clientDisconnected((ctx) => {
    if (ctx.db.mood.id.find(1)?.failsToLeave) throw new Error('stay');
    ctx.db.visitor.id.delete(ctx.connectionId.toHexString());
    ctx.db.event.insert({ n: 0n, text: 'went ' + ctx.sender.toHexString() });
  });
  export const nothing = spacetimedb.reducer(() => {});
  export const cling = spacetimedb.reducer((ctx) => { ctx.db.mood.insert({ id: 1, failsToLeave: true }); });
`;

const ID = '0123456789abcdef0123456789abcdef';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let program: string;
beforeAll(async () => {
  program = await bundleSource(VISITS);
});

interface Person {
  readonly identity: string;
  readonly token: string;
}

async function setUp() {
  const host = await startHost({ program, name: 'visits' });
  onTestFinished(() => host.stop());
  const person = async () =>
    (await (await fetch(`${host.uri}/v1/identity`, { method: 'POST' })).json()) as Person;
  const open = (who: Person) =>
    openRawClient(host.uri, 'visits', { query: { connection_id: ID, token: who.token } });
  return { host, person, open };
}

const visitors = (host: StartedHost) => host.sql('SELECT identity FROM visitor').rows.flat();
const events = (host: StartedHost) =>
  [...host.sql('SELECT n, text FROM event').rows]
    .sort(([a], [b]) => Number((a as bigint) - (b as bigint)))
    .map(([, text]) => text);

/** Waits for the first message of the server. */
const greeted = ({ received }: RawClient) => eventually(() => received[0]?.[0]).toBe(0);

test.each(['the same person', 'someone else'])(
  'a second socket of %s is dropped, the first one stays, and its disconnect is seen',
  async (who) => {
    const { host, person, open } = await setUp();
    const ann = await person();
    const other = who === 'the same person' ? ann : await person();
    const first = await open(ann);
    await greeted(first);

    const second = await open(other);
    await second.closed;
    expect(second.received).toEqual([]);
    expect(visitors(host)).toEqual([ann.identity]);

    first.socket.close();
    await first.closed;
    await eventually(() => visitors(host)).toEqual([]);
    expect(events(host)).toEqual([`came ${ann.identity}`, `went ${ann.identity}`]);

    const third = await open(other);
    await greeted(third);
    expect(visitors(host)).toEqual([other.identity]);
    third.socket.close();
  },
);

test('if several sockets open with one connection id, one of them gets it', async () => {
  const { host, person, open } = await setUp();
  const ann = await person();
  const clients = await Promise.all(Array.from({ length: 5 }, () => open(ann)));
  const isGreeted = ({ received }: RawClient) => received.length > 0;
  await eventually(() => clients.filter(isGreeted).length).toBe(1);
  await Promise.all(clients.filter((client) => !isGreeted(client)).map(({ closed }) => closed));
  expect(clients.filter(isGreeted).length).toBe(1);
  expect(visitors(host)).toEqual([ann.identity]);
  for (const { socket } of clients) socket.close();
  await eventually(() => visitors(host)).toEqual([]);
});

test('a connection id is free again even if on_disconnect failed', async () => {
  const { host, person, open } = await setUp();
  const ann = await person();
  const first = await open(ann);
  await greeted(first);
  host.call('cling');
  first.socket.close();
  await eventually(() => host.logs().filter(({ message }) => message.includes('stay')).length).toBe(1);
  const second = await open(ann);
  await greeted(second);
  second.socket.close();
});

test('calls over HTTP connect and disconnect beside an open socket', async () => {
  const { host, person, open } = await setUp();
  const ann = await person();
  const socket = await open(ann);
  await greeted(socket);
  const call = () =>
    fetch(`${host.uri}/v1/database/visits/call/nothing?connection_id=${ID}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ann.token}` },
      body: '[]',
    });
  const answers = await Promise.all([call(), call(), call()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(visitors(host)).toEqual([ann.identity]);
  expect(events(host).length).toBe(7);
  socket.socket.close();
  await eventually(() => visitors(host)).toEqual([]);
  expect(events(host).at(-1)).toBe(`went ${ann.identity}`);
});
