/** WebSocket handshakes, and exchanges in both subprotocols. */
import { exchanges } from './exchanges.ts';
import type { ConformanceServer, Person } from './server.ts';
import { openSocket, outcome, V2, V3, type OpenOptions } from './socket.ts';
import { conformance, type Run, type Step } from './suite.ts';

conformance('ws', converse);

async function converse(server: ConformanceServer): Promise<Run> {
  const [owner, a, b] = [await server.newcomer(), await server.newcomer(), await server.newcomer()];
  const database = server.name('exchanged');
  const headers = { authorization: `Bearer ${owner.token}` };
  await server.send('PUT', `/v1/database/${database}?host_type=Js`, headers, await server.program('chat'));
  const steps = await handshakes(server, database, a);
  for (const protocol of [V2, V3]) {
    steps.push(...(await exchanges({ server, database, protocol, a, b })));
  }
  return {
    steps,
    known: [
      [a.identity, '<A>'],
      [b.identity, '<B>'],
    ],
  };
}

async function handshakes(server: ConformanceServer, database: string, a: Person): Promise<Step[]> {
  const steps: Step[] = [];
  const asA = `compression=None&token=${a.token}`;
  const shake = async (name: string, options: OpenOptions, at = database) => {
    const client = await openSocket(server, at, options);
    steps.push({ name: `handshake ${name}`, value: await outcome(client) });
    await client.close();
    return client;
  };
  for (const [label, protocols] of [
    ['none', []],
    ['unknown', ['nope']],
    ['v2', [V2]],
    ['v3', [V3]],
    ['v2,v3', [V2, V3]],
    ['v3,v2', [V3, V2]],
    ['v1bin', ['v1.bsatn.spacetimedb']],
    ['v1text', ['v1.json.spacetimedb']],
    ['v1bin,v2', ['v1.bsatn.spacetimedb', V2]],
    ['nope,v2', ['nope', V2]],
  ] as const) {
    await shake(`protocols ${label}`, { query: asA, protocols: [...protocols] });
  }
  for (const query of [
    '',
    'compression=None',
    'compression=Gzip',
    'compression=Brotli',
    'compression=none',
    'compression=',
    'compression=Zstd',
    'confirmed=true',
    'confirmed=false',
    'confirmed=1',
    'confirmed=',
    'light=true',
    'light=false',
    'light=1',
    'light=',
    'connection_id=00000000000000000000000000000000',
    'connection_id=0123456789abcdef0123456789abcdef',
    'connection_id=abc',
    'connection_id=',
    'other=1',
    'compression=None&compression=Gzip',
  ]) {
    await shake(`query ${query}`, { query });
  }
  const withHeader = (authorization: string) => ({ headers: { authorization } });
  await shake('bad token', { query: 'compression=None&token=abc' });
  await shake('empty token', { query: 'compression=None&token=' });
  await shake('bad header token', withHeader('Bearer abc'));
  await shake('basic header', withHeader('Basic abc'));
  await shake('header token', withHeader(`Bearer ${a.token}`));
  await shake('unknown db', { query: asA }, 'no-such-db');
  await shake('unknown identity', { query: asA }, 'c2'.repeat(32));
  await shake('bad name', { query: asA }, 'Bad_Name');
  await shake('other path', { query: '', path: '/v1/other' });
  await shake('ping path', { query: '', path: '/v1/ping' });
  await shake('with origin', { query: asA, headers: { origin: 'https://example.com' } });

  const issued = await server.send('POST', '/v1/identity/websocket-token', {
    authorization: `Bearer ${a.token}`,
  });
  const { token } = JSON.parse(issued.body) as { token: string };
  const client = await openSocket(server, database, { query: `compression=None&token=${token}` });
  await client.wait();
  const { identity, token: given } = (client.seen[0]?.['InitialConnection'] ?? {}) as Partial<Person>;
  const value = {
    ...(await outcome(client)),
    sameToken: given === token,
    sameIdentity: identity === a.identity,
  };
  steps.push({ name: 'handshake ws token', value });
  await client.close();
  return steps;
}
