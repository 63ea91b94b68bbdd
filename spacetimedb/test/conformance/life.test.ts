/** What connected clients see when a database is published again, cleared or deleted. */
import { get } from 'node:http';
import { subscribeMessage } from './messages.ts';
import { until, type ConformanceServer, type HttpAnswer, type Person } from './server.ts';
import { openSocket, type Client } from './socket.ts';
import { conformance, type Run, type Step } from './suite.ts';

conformance('life', live);

async function live(server: ConformanceServer): Promise<Run> {
  const [owner, visitor] = [await server.newcomer(), await server.newcomer()];
  const headers = { authorization: `Bearer ${owner.token}` };
  const json = { ...headers, 'content-type': 'application/json' };
  const put = async (database: string, module: string, query = '') =>
    server.send(
      'PUT',
      `/v1/database/${database}?host_type=Js${query}`,
      headers,
      await server.program(module),
    );
  const remove = (database: string) => server.send('DELETE', `/v1/database/${database}`, headers);
  const add = (database: string) => server.send('POST', `/v1/database/${database}/call/add`, json, '["x"]');
  const breakClients = async (database: string) => {
    const at = `/v1/database/${database}/pre_publish?host_type=Js`;
    const plan = await server.send('POST', at, headers, await server.program('addcol_default'));
    const token = /"token":"(\w+)"/.exec(plan.body)?.[1];
    return put(database, 'addcol_default', `&policy=BreakClients&token=${token}`);
  };

  const steps: Step[] = [];
  for (const [name, act] of [
    ['same program', (database: string) => put(database, 'base')],
    ['break clients', breakClients],
    ['add table', (database: string) => put(database, 'addtable')],
    ['table becomes private', (database: string) => put(database, 'private_')],
    ['clear', (database: string) => put(database, 'base', '&clear=true')],
    ['delete', remove],
  ] as const) {
    const database = server.name(`fid-life-${name.replaceAll(' ', '-')}`);
    await put(database, 'base');
    await add(database);
    const client = await subscriber(server, database, visitor);
    const before = summary(client);
    const acted = await act(database);
    await client.settle();
    const after = { after: summary(client), closed: closing(client) };
    const called = await add(database);
    await client.settle();
    steps.push({
      name,
      value: {
        before,
        act: short(acted),
        ...after,
        call: short(called),
        afterCall: summary(client),
        closedThen: closing(client),
      },
    });
    client.socket.terminate();
    const again = await subscriber(server, database, visitor);
    steps.push({ name: `${name}: reconnect`, value: { seen: summary(again), closed: closing(again) } });
    again.socket.terminate();
  }

  const database = server.name('fid-life-logs');
  await put(database, 'base');
  const log = followLog(server, database, owner);
  const lines = async (count: number) => {
    await until(() => log.length >= count);
    return log.splice(0);
  };
  const atStart = await lines(3);
  await server.send('POST', `/v1/database/${database}/call/nope`, json, '[]');
  const afterCall = await lines(2);
  await remove(database);
  steps.push({ name: 'logs follow', value: { atStart, afterCall, afterDelete: await lines(1) } });
  return { steps, known: [] };
}

/** Tries to connect and to subscribe to the table `thing`. */
async function subscriber(server: ConformanceServer, database: string, { token }: Person): Promise<Client> {
  const client = await openSocket(server, database, { query: `compression=None&token=${token}` });
  if (client.refused !== undefined) {
    await until(() => client.closed !== null);
    return client;
  }
  client.send(subscribeMessage(1, 1, ['SELECT * FROM thing']));
  await client.settle();
  return client;
}

/** The names of the messages, and the text of errors. */
function summary(client: Client): string[] {
  const payloads = [...client.payloads];
  return client.take().map((message, index) => {
    const name = Object.keys(message)[0] as string;
    return name === 'SubscriptionError' ? `${name} ${printable(payloads[index]?.subarray(1))}` : name;
  });
}

function printable(bytes: Buffer | undefined): string {
  return (bytes?.toString('latin1') ?? '').replace(/[^\x20-\x7e]/g, '.');
}

function closing({ closed }: Client): string | null {
  return closed === null ? null : `${closed.code} ${closed.reason}`;
}

function short({ status, body }: HttpAnswer): string {
  return `${status} ${body}`;
}

/** The status, the lines, and `<end>`, as they arrive. */
function followLog({ uri }: ConformanceServer, database: string, { token }: Person): string[] {
  const log: string[] = [];
  const headers = { authorization: `Bearer ${token}` };
  const url = `${uri}/v1/database/${database}/logs?num_lines=2&follow=true`;
  const request = get(url, { headers, agent: false }, (response) => {
    log.push(`status ${response.statusCode} ${response.headers['content-type']}`);
    response.setEncoding('utf8');
    response.on('data', (part: string) => log.push(...part.split('\n').filter(Boolean)));
    response.on('end', () => log.push('<end>'));
    response.on('error', () => undefined);
  });
  request.on('error', () => undefined);
  return log;
}
