/** Views, private tables and joins over WebSocket, with their updates: the messages byte for byte. */
import {
  callMessage,
  i64Argument,
  oneOffMessage,
  subscribeMessage,
  textArgument,
  unsubscribeMessage,
} from './messages.ts';
import type { ConformanceServer, Person } from './server.ts';
import { openSocket, type Client } from './socket.ts';
import { conformance, type Run, type Step } from './suite.ts';

conformance('ws-types', exchange);

const QUERIES = [
  'SELECT * FROM big_counters',
  'SELECT * FROM secret',
  'SELECT * FROM big_counters WHERE n > 100',
  'SELECT c.* FROM counter c JOIN counter d ON c.n = d.n',
  'SELECT c.* FROM counter c JOIN counter d ON c.id = d.id WHERE d.n > 10',
  'SELECT c.* FROM counter c JOIN specimen s ON c.id = s.u8v',
  'SELECT * FROM counter WHERE n >= 5 AND n <= 15',
  "SELECT * FROM counter WHERE name = 'five'",
];

async function exchange(server: ConformanceServer): Promise<Run> {
  const [owner, other] = [await server.newcomer(), await server.newcomer()];
  const database = server.name('exchanged-types');
  const headers = { authorization: `Bearer ${owner.token}` };
  await server.send('PUT', `/v1/database/${database}?host_type=Js`, headers, await server.program('types'));
  const call = (reducer: string, args: string) =>
    server.send(
      'POST',
      `/v1/database/${database}/call/${reducer}`,
      { ...headers, 'content-type': 'application/json' },
      args,
    );
  const sql = (statement: string) => server.send('POST', `/v1/database/${database}/sql`, headers, statement);
  await call('count', '["five",5]');
  await call('count', '["fifteen",15]');

  const join = async ({ token }: Person) => {
    const client = await openSocket(server, database, { query: `compression=None&token=${token}` });
    await client.wait();
    client.take();
    return client;
  };
  const clients = [
    ['owner', await join(owner)],
    ['other', await join(other)],
  ] as const;
  const [[, first], [, second]] = clients;
  const steps: Step[] = [];
  const record = async (name: string, client: Client) => {
    await client.settle();
    const value = client.payloads.map((payload) =>
      payload.toString('hex').replace(/(?<=^06.{8}).{16}/, '<ts>'),
    );
    client.take();
    steps.push({ name, value });
  };
  for (const [who, client] of clients) {
    for (const query of QUERIES) {
      client.send(oneOffMessage(9, query));
      await record(`${who} one-off ${query}`, client);
    }
    for (const [set, what, query] of [
      [1, 'view', 'SELECT * FROM big_counters'],
      [2, 'private', 'SELECT * FROM secret'],
      [3, 'self join', 'SELECT c.* FROM counter c JOIN counter d ON c.id = d.id WHERE d.n > 10'],
      [4, 'counter', 'SELECT * FROM counter WHERE n > 0'],
      [5, 'all', 'select * from *'],
    ] as const) {
      client.send(subscribeMessage(1, set, [query]));
      await record(`${who} subscribe ${what}`, client);
    }
  }

  const both = async (name: string, act: () => unknown) => {
    await act();
    // The second client makes the WebSocket calls: once it has its answer, the first one has its update.
    await second.settle();
    await record(`owner: ${name}`, first);
    await record(`other: ${name}`, second);
  };
  await both('count 20', () => call('count', '["twenty",20]'));
  await both('count 1', () => call('count', '["one",1]'));
  await both('count by ws', () =>
    second.send(callMessage(5, 'count', Buffer.concat([textArgument('ws30'), i64Argument(30n)]))),
  );
  await both('hide', () => call('hide', '["s"]'));
  await both('sql update in view', () => sql("UPDATE counter SET n = 40 WHERE name = 'twenty'"));
  await both('sql update out of view', () => sql("UPDATE counter SET n = 2 WHERE name = 'twenty'"));
  await both('sql delete', () => sql('DELETE FROM counter WHERE n > 10'));
  await both('boom', () => call('boom', '[]'));
  await both('boom by ws', () => second.send(callMessage(5, 'boom', Buffer.alloc(0))));
  await both('dup by ws', () =>
    second.send(callMessage(5, 'count', Buffer.concat([textArgument('one'), i64Argument(30n)]))),
  );
  for (const [who, client] of clients) {
    for (const set of [1, 3, 4, 5]) {
      client.send(unsubscribeMessage(2, set, 1));
      await record(`${who} unsubscribe ${set}`, client);
    }
  }
  await Promise.all([first.close(), second.close()]);
  return { steps, known: [] };
}
