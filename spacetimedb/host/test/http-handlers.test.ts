/** HTTP handlers and routes of a module, over HTTP. */
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startHost, type DatabaseSnapshot, type StartedHost } from '../src/index.ts';
import { bundleSource } from '../src/testing/module-source.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SOURCE = `
  import { Headers, Router, schema, SyncResponse, t, table } from 'spacetimedb/server';
  import { SenderError } from 'spacetimedb/server';
  const note = table({ name: 'note', public: true }, { id: t.u64().primaryKey().autoInc(), text: t.string() });
  const spacetimedb = schema({ note });
  export default spacetimedb;

  export const echo = spacetimedb.httpHandler((ctx, request) =>
    new SyncResponse(JSON.stringify({
      method: request.method,
      url: request.url,
      version: request.version.tag,
      headers: [...request.headers].filter(([name]) => name.startsWith('x-') || name === 'authorization'),
      bytes: [...request.bytes()].slice(0, 8),
      database: ctx.identity.toHexString(),
    })));
  export const answer = spacetimedb.httpHandler((_ctx, request) => {
    const { status, headers, body } = request.json();
    return new SyncResponse(body, { status, headers });
  });
  export const bytes = spacetimedb.httpHandler(() => new SyncResponse(new Uint8Array([0, 255, 128, 10]).buffer));
  export const add_note = spacetimedb.httpHandler((ctx, request) => {
    const text = request.text();
    const id = ctx.withTx((tx) => {
      if (text === 'refused') throw new Error('not this one');
      return tx.db.note.insert({ id: 0n, text: text + ' by ' + (tx.sender.isEqual(ctx.identity) ? 'database' : 'nobody') }).id;
    });
    if (text === 'kept') throw new SenderError('after the transaction');
    return new SyncResponse(String(id), { status: 201 });
  });
  export const fetch_it = spacetimedb.httpHandler((ctx, request) =>
    new SyncResponse(ctx.http.fetch(request.headers.get('x-url')).text()));
  export const broken = spacetimedb.httpHandler(() => 'no response');
  export const spin = spacetimedb.httpHandler(() => { for (;;); });
  export const router = spacetimedb.httpRouter(new Router()
    .any('', echo)
    .any('/', bytes)
    .get('/echo', echo)
    .post('/echo', echo)
    .any('/any/deep', echo)
    .post('/answer', answer)
    .post('/notes', add_note)
    .get('/fetch', fetch_it)
    .get('/broken', broken)
    .get('/spin', spin));
`;

let program: string;
let host: StartedHost;
let fresh: DatabaseSnapshot;
const other = createServer((_request, response) => response.end('from elsewhere'));

beforeAll(async () => {
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  program = await bundleSource(SOURCE);
  host = await startHost({
    program,
    name: 'routes',
    allowHttp: [`127.0.0.1:${(other.address() as AddressInfo).port}`],
  });
  fresh = host.snapshot();
});
afterAll(async () => {
  await host.stop();
  other.close();
});
beforeEach(() => host.restore(fresh));

const ask = (path: string, init?: RequestInit) => fetch(`${host.uri}/v1/database/routes/route${path}`, init);
const post = (path: string, body: BodyInit) => ask(path, { method: 'POST', body });

async function answered(path: string, init?: RequestInit): Promise<{ status: number; body: string }> {
  const response = await ask(path, init);
  return { status: response.status, body: await response.text() };
}

const NO_ROUTE = { status: 404, body: 'Database has not registered a handler for this route' };

describe('a request to a route', () => {
  test('the handler sees method, address, headers and body', async () => {
    const response = await ask('/echo?a=b%20c', {
      method: 'POST',
      headers: { 'X-Test': 'yes', authorization: 'Bearer none' },
      body: new Uint8Array([0, 255, 128]),
    });
    expect(response.headers.get('spacetime-identity')).toBeNull();
    expect(await response.json()).toEqual({
      method: 'POST',
      url: `${host.uri}/v1/database/routes/route/echo?a=b%20c`,
      version: 'Http11',
      headers: expect.arrayContaining([
        ['x-test', 'yes'],
        ['authorization', 'Bearer none'],
      ]) as unknown,
      bytes: [0, 255, 128],
      database: host.identity,
    });
  });

  test('the handler sees the address that the client requested from a proxy', async () => {
    const headers = { 'x-forwarded-proto': 'https, http', 'x-forwarded-host': ' example.com ' };
    const { url } = (await (await ask('/echo', { headers })).json()) as { url: string };
    expect(url).toBe('https://example.com/v1/database/routes/route/echo');
  });

  test('a request must have the path and the method of the route', async () => {
    expect((await answered('')).body).toContain('"method":"GET"');
    expect([...(await (await ask('/')).bytes())]).toEqual([0, 255, 128, 10]);
    expect((await answered('/any/deep', { method: 'PATCH' })).body).toContain('"method":"PATCH"');
    expect((await answered('/any/de%65p', { method: 'DELETE' })).body).toContain('"method":"DELETE"');
    expect(await answered('/echo', { method: 'PUT' })).toEqual(NO_ROUTE);
    expect(await answered('/echo', { method: 'HEAD' })).toEqual({ status: 404, body: '' });
    expect(await answered('/echo/')).toEqual(NO_ROUTE);
    expect(await answered('/Echo')).toEqual(NO_ROUTE);
    expect(await answered('/echo%')).toEqual(NO_ROUTE);
    expect(await answered('/any')).toEqual(NO_ROUTE);
  });

  test('HEAD and methods of other protocols reach handlers for any method', async () => {
    expect((await ask('/any/deep', { method: 'HEAD' })).status).toBe(200);
    expect((await answered('/any/deep', { method: 'PROPFIND' })).body).toContain('"method":"PROPFIND"');
    const { port } = new URL(host.uri);
    const text = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(Number(port), 'localhost', () =>
        socket.write('GET /v1/database/routes/route/echo HTTP/1.0\r\nHost: there:80\r\n\r\n'),
      );
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('end', () => resolve(received));
      socket.on('error', reject);
    });
    expect(text).toContain('"url":"http://there:80/v1/database/routes/route/echo","version":"Http10"');
  });

  test('a browser may send requests from any page', async () => {
    const preflight = await ask('/answer', { method: 'OPTIONS', headers: { origin: 'https://example.com' } });
    expect(preflight.headers.get('access-control-allow-methods')).toBe('*');
    const response = await post(
      '/answer',
      JSON.stringify({ status: 200, headers: { vary: 'cookie', 'access-control-allow-origin': 'x' } }),
    );
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('vary')).toMatch(/^origin, .*, cookie$/);
  });

  test('a body of more than 2 MiB is refused', async () => {
    expect((await post('/echo', new Uint8Array(2 * 1024 * 1024 + 1))).status).toBe(413);
  });
});

test('the schema lists handlers and routes', async () => {
  const schema = await fetch(`${host.uri}/v1/database/routes/schema?version=10`);
  const { sections } = (await schema.json()) as { sections: Record<string, unknown>[] };
  const section = (name: string) => sections.find((each) => name in each)?.[name];
  expect(section('HttpHandlers')).toContainEqual({ source_name: 'add_note' });
  expect(section('HttpRoutes')).toContainEqual({
    handler_function: 'add_note',
    method: { Method: { Post: [] } },
    path: '/notes',
  });
});

describe('the answer of a handler', () => {
  test('status, headers and body arrive unchanged', async () => {
    const response = await post(
      '/answer',
      JSON.stringify({
        status: 418,
        headers: [
          ['content-type', 'text/x-tea'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['connection', 'upgrade'],
          ['content-length', '99'],
        ],
        body: 'grüner Tee',
      }),
    );
    expect(response.status).toBe(418);
    expect(response.headers.get('content-type')).toBe('text/x-tea');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('grüner Tee');
  });

  test('an answer without headers has no content type', async () => {
    expect((await ask('/')).headers.get('content-type')).toBeNull();
    expect(await answered('/answer', { method: 'POST', body: '{"status":204,"body":"x"}' })).toEqual({
      status: 204,
      body: '',
    });
  });

  test('a status that HTTP does not have is an error', async () => {
    expect(await answered('/answer', { method: 'POST', body: '{"status":101}' })).toEqual({
      status: 500,
      body: 'The HTTP handler answered with status 101, which is not between 200 and 999',
    });
    expect((await post('/answer', '{"status":799}')).status).toBe(799);
  });
});

describe('a handler', () => {
  test('a handler changes rows in transactions, without an identity', async () => {
    expect(await answered('/notes', { method: 'POST', body: 'first' })).toEqual({ status: 201, body: '1' });
    expect(host.sql('SELECT text FROM note').rows).toEqual([['first by nobody']]);
  });

  test('a handler that throws answers 500 with the error, and its open transaction is rolled back', async () => {
    expect(await answered('/notes', { method: 'POST', body: 'refused' })).toEqual({
      status: 500,
      body: 'Uncaught Error: not this one',
    });
    expect(await answered('/notes', { method: 'POST', body: 'kept' })).toEqual({
      status: 500,
      body: 'Uncaught after the transaction',
    });
    expect(host.sql('SELECT text FROM note').rows).toEqual([['kept by nobody']]);
    expect(host.logs()).toContainEqual(
      expect.objectContaining({
        level: 'Panic',
        function: 'add_note',
        message: 'Uncaught Error: not this one',
      }),
    );
  });

  test('a handler that does not return a response answers 500', async () => {
    expect((await answered('/broken')).status).toBe(500);
  });

  test('a handler sends HTTP requests to allowed hosts', async () => {
    const { port } = other.address() as AddressInfo;
    const fetched = (url: string) => answered('/fetch', { headers: { 'x-url': url } });
    expect(await fetched(`http://127.0.0.1:${port}/`)).toEqual({ status: 200, body: 'from elsewhere' });
    expect((await fetched('http://example.com/')).body).toContain(
      'may not send HTTP requests to example.com',
    );
  });

  test('a handler that never ends is stopped', async () => {
    const strict = await startHost({ program, name: 'routes', limits: { callMillis: 500 } });
    const response = await fetch(`${strict.uri}/v1/database/routes/route/spin`);
    expect([response.status, await response.text()]).toEqual([
      500,
      'The HTTP handler was stopped after 500 ms, the most that it may run (limit callMillis)',
    ]);
    await strict.stop();
  });
});
