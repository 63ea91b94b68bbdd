/** Procedures through the official SDK and over HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { bundleModule, generateBindings, startHost } from '../src/index.ts';
import type { DatabaseSnapshot, StartedHost, StartHostOptions } from '../src/index.ts';
import { bundleSource } from '../src/testing/module-source.ts';
import { DbConnection, tables } from './procedures/bindings/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MODULE = path.resolve(import.meta.dirname, 'procedures');
const program = bundleModule(MODULE);

/** The host of the running test. */
let host: StartedHost;
const connections: DbConnection[] = [];

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let port: number;
let handler: Handler = (_request, response) => response.end();

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  await Promise.all([...hosts.values()].map(async (started) => (await started).host.stop()));
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  for (const connection of connections.splice(0)) connection.disconnect();
});

interface Started {
  readonly host: StartedHost;
  readonly fresh: DatabaseSnapshot;
}

/** Hosts by their options. Tests with the same options share one, and each begins with empty tables. */
const hosts = new Map<string, Promise<Started>>();

/** Starts a host whose procedures may send requests to the test's server, or reuses one with the same options. */
async function start(options: Partial<StartHostOptions> = {}): Promise<void> {
  const key = JSON.stringify(options);
  if (!hosts.has(key)) hosts.set(key, startAnother(options));
  const started = await (hosts.get(key) as Promise<Started>);
  host = started.host;
  host.restore(started.fresh);
}

async function startAnother(options: Partial<StartHostOptions>): Promise<Started> {
  const allowHttp = [`127.0.0.1:${port}`];
  const started = await startHost({ program: await program, name: 'procedures', allowHttp, ...options });
  return { host: started, fresh: started.snapshot() };
}

/** Like `start`, with the answers of the test's server. @returns the server's address */
async function startWithServer(answer: Handler, options: Partial<StartHostOptions> = {}): Promise<string> {
  handler = answer;
  await start(options);
  return `http://127.0.0.1:${port}`;
}

function join(): Promise<DbConnection> {
  return new Promise((resolve, reject) => {
    const connection = DbConnection.builder()
      .withUri(host.uri)
      .withDatabaseName('procedures')
      .onConnect(() => resolve(connection))
      .onConnectError((_context, error) => reject(error))
      .build();
    connections.push(connection);
  });
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function call(name: string, args: readonly unknown[] = []): Promise<Answer> {
  const response = await fetch(`${host.uri}/v1/database/procedures/call/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return { status: response.status, body: await response.text() };
}

const failed = (message: string): Answer => ({
  status: 500,
  body: `The module instance encountered a fatal error: ${message}`,
});
const notes = () => host.sql('SELECT text FROM note').rows.flat();
const noted = (text: string) => vi.waitFor(() => expect(notes()).toContain(text), { timeout: 60_000 });

test("the bindings beside this test are those of its module's procedures", async () => {
  await start();
  const outDir = path.join(MODULE, 'bindings');
  const changes = await generateBindings({ module: MODULE, outDir, check: true });
  expect(changes).toEqual({ missing: [], stale: [], extra: [] });
});

test('the SDK calls procedures and gets what they return', async () => {
  await start();
  const connection = await join();
  expect(await connection.procedures.add({ a: 1, b: 2 })).toBe(3);
  expect(await connection.procedures.nothing({})).toEqual({});
  expect(await connection.procedures.shapes({ big: 2n ** 64n - 1n })).toMatchObject({
    big: 2n ** 64n - 1n,
    some: 'yes',
    none: undefined,
  });
  const id = connection.connectionId.toHexString();
  expect(await connection.procedures.who({})).toBe(`${connection.identity?.toHexString()} ${id} ${id}`);
});

test('a procedure that throws rejects the call of the SDK with its message', async () => {
  await start();
  const connection = await join();
  await expect(connection.procedures.refuse({})).rejects.toThrow(
    'The module instance encountered a fatal error: Uncaught not today',
  );
  expect(host.logs()).toContainEqual(
    expect.objectContaining({ level: 'Panic', function: 'refuse', filename: 'src/index.ts' }),
  );
});

test('subscribers see the changes of a procedure, including its caller', async () => {
  await start();
  const [caller, other] = [await join(), await join()];
  const applied = [caller, other].map(
    (connection) =>
      new Promise<void>((resolve) => {
        connection
          .subscriptionBuilder()
          .onApplied(() => resolve())
          .subscribe(tables.note);
      }),
  );
  await Promise.all(applied);
  const id = await caller.procedures.addNote({ text: 'hello' });
  expect([...caller.db.note.iter()]).toEqual([{ id, text: 'hello' }]);
  await vi.waitFor(() => expect([...other.db.note.iter()]).toEqual([{ id, text: 'hello' }]), {
    timeout: 60_000,
  });
});

test('HTTP answers with what a procedure returns as SATS-JSON', async () => {
  await start();
  expect(await call('add', [1, 2])).toEqual({ status: 200, body: '3' });
  expect(await call('nothing')).toEqual({ status: 200, body: '[]' });
  expect(await call('shapes', [5])).toEqual({ status: 200, body: '[5,[0,"yes"],[1,[]],"0102"]' });
  expect(await call('add', [1])).toMatchObject({ status: 400 });
  expect(await call('no_such_thing')).toEqual({ status: 404, body: 'No such procedure' });
  expect(await call('run_job', [{}])).toEqual({ status: 404, body: 'No such procedure' });
});

test('a transaction that throws is rolled back, and those before and after it are kept', async () => {
  await start();
  expect(await call('keep_first')).toEqual(failed('Uncaught Error: after two transactions'));
  expect(notes()).toEqual(['kept', 'kept, too']);
});

test('a procedure reads and writes thousands of rows in one transaction', async () => {
  await start();
  expect(await call('add_many', [3000])).toEqual({ status: 200, body: '3000' });
  expect(notes()).toHaveLength(3000);
});

test('tables are available only inside a transaction, and transactions do not nest', async () => {
  await start();
  expect((await call('write_outside')).body).toContain('NotInTransaction');
  expect((await call('nest')).body).toContain('WouldBlockTransaction');
});

test('procedures do not share variables with reducers', async () => {
  await start({ limits: { procedures: 1 } });
  expect((await call('count_calls')).body).toBe('1');
  expect((await call('count_calls')).body).toBe('2');
  host.call('count_in_reducer');
  expect(notes()).toEqual(['calls 1']);
});

test('a log line of a procedure names the procedure, the file and the line', async () => {
  await start();
  await call('log', ['hello']);
  expect(host.logs()).toContainEqual(
    expect.objectContaining({
      level: 'Info',
      message: 'hello',
      function: 'log',
      filename: 'src/index.ts',
      line_number: expect.any(Number) as number,
    }),
  );
});

test('a scheduled procedure runs once, and its row is deleted even if it throws', async () => {
  await start();
  for (const text of ['fail', 'later']) host.call('schedule', [text, 1000]);
  await noted('job later');
  await vi.waitFor(
    () => expect(host.logs().map(({ message }) => message)).toContain('Uncaught Error: the job failed'),
    {
      timeout: 60_000,
    },
  );
  expect(host.sql('SELECT text FROM job').rows).toEqual([]);
});

test('a scheduled procedure with an interval runs again and again', async () => {
  await start();
  host.call('repeat', ['often', 1000]);
  await vi.waitFor(() => expect(notes().length).toBeGreaterThanOrEqual(3), { timeout: 60_000 });
  expect(host.sql('SELECT text FROM job').rows).toEqual([['often']]);
});

test('a procedure sends HTTP requests, and gets status, headers and body', async () => {
  const url = await startWithServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(404, { 'x-answer': 'yes' }).end('nothing here');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      response.end(
        `${Buffer.concat(chunks).toString()} ${request.headers['x-test']} ${request.headers.host}`,
      ),
    );
  });
  const answer = JSON.parse((await call('get', [`${url}/?q`])).body) as [number, string, string[]];
  expect(answer.slice(0, 2)).toEqual([404, 'nothing here']);
  expect(answer[2]).toContain('x-answer: yes');
  const { body } = await call('post', [url, 'grüße']);
  expect(JSON.parse(body)).toMatch(new RegExp(`^grüße .+ 127\\.0\\.0\\.1:${port}$`));
});

test('the host continues while a procedure waits for an answer', async () => {
  let release = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    handler = (_request, response) => {
      release = () => response.end('at last');
      resolve();
    };
  });
  await start();
  const waiting = call('get', [`http://127.0.0.1:${port}/`]);
  await asked;
  expect(host.call('count_in_reducer')).toMatchObject({ tag: 'ok' });
  expect(await call('add', [1, 2])).toEqual({ status: 200, body: '3' });
  release();
  expect((await waiting).body).toContain('at last');
});

test.each([
  ['no host is allowed', [], (url: string) => url, 'This host may not send HTTP requests to'],
  [
    'another port is allowed',
    ['127.0.0.1:1'],
    (url: string) => url,
    'This host may not send HTTP requests to',
  ],
  ['all public hosts are', ['*'], (url: string) => url, 'refusing to connect to private or special-purpose'],
  [
    'a name leads to an address of this machine',
    ['*'],
    () => `http://localhost:${port}/`,
    'refusing to connect to private or special-purpose',
  ],
  ['the address is written as a number', ['*'], () => `http://2130706433:${port}/`, 'refusing to connect'],
  [
    'it is an IPv4 address in an IPv6 one',
    ['*'],
    () => `http://[::ffff:127.0.0.1]:${port}/`,
    'refusing to connect',
  ],
])('an HTTP request is refused when %s', async (_what, allowHttp, urlOf, reason) => {
  let isAsked = false;
  const url = await startWithServer(
    (_request, response) => {
      isAsked = true;
      response.end();
    },
    { allowHttp },
  );
  const answer = await call('get', [urlOf(url)]);
  expect(answer.status).toBe(500);
  expect(answer.body).toContain(reason);
  expect(isAsked).toBe(false);
});

test('redirects are followed only to allowed hosts', async () => {
  const url = await startWithServer((request, response) => {
    const to = request.url === '/' ? '/there' : `http://localhost:${port}/secret`;
    if (request.url === '/there?x') response.end('arrived');
    else response.writeHead(302, { location: request.url === '/' ? `${to}?x` : to }).end();
  });
  expect((await call('get', [`${url}/`])).body).toContain('arrived');
  expect((await call('get', [`${url}/away`])).body).toContain(
    'This host may not send HTTP requests to localhost',
  );
});

test('an HTTP request inside a transaction is refused', async () => {
  const url = await startWithServer((_request, response) => response.end());
  expect((await call('get_in_tx', [url])).body).toContain('WouldBlockTransaction');
});

test('HTTP requests of one call, their size and their time are limited', async () => {
  const url = await startWithServer(
    (request, response) => {
      if (request.url === '/big') response.end('x'.repeat(2000));
      else if (request.url !== '/never') response.end('ok');
    },
    { limits: { fetches: 2, fetchBytes: 1000, fetchMillis: 200 } },
  );
  expect((await call('get_often', [url, 2])).status).toBe(200);
  expect((await call('get_often', [url, 3])).body).toContain('(limit fetches)');
  expect((await call('get', [`${url}/big`])).body).toContain('(limit fetchBytes)');
  expect((await call('post', [url, 'x'.repeat(2000)])).body).toContain('(limit fetchBytes)');
  expect((await call('get', [`${url}/never`])).body).toContain('operation timed out');
});

test.each(['spin', 'spin_in_tx'])(
  'an endless procedure (%s) is stopped, and harms no other call',
  async (name) => {
    await start({ limits: { callMillis: 1000 } });
    expect(await call(name)).toEqual(
      failed('The procedure was stopped after 1000 ms, the most that it may run (limit callMillis)'),
    );
    expect(notes()).toEqual([]);
    expect(host.call('count_in_reducer')).toMatchObject({ tag: 'ok' });
    expect(notes()).toHaveLength(1);
  },
);

test('an unhandled rejection of a procedure is logged, and the next call still has its time limit', async () => {
  await start({ limits: { callMillis: 1000, procedures: 1 } });
  const [left, endless] = await Promise.all([
    host.callProcedure('leave_rejection'),
    host.callProcedure('spin'),
  ]);
  expect(left).toMatchObject({ tag: 'returned', value: {} });
  expect(endless).toMatchObject({
    tag: 'fatal',
    message: expect.stringContaining('(limit callMillis)') as string,
  });
  await vi.waitFor(
    () =>
      expect(host.logs().map(({ message }) => message)).toContain(
        'Unhandled promise rejection: Uncaught Error: left alone',
      ),
    { timeout: 60_000 },
  );
});

test('a procedure whose transaction changes too much is rolled back and ended', async () => {
  await start({ limits: { transactionRows: 10 } });
  expect((await call('add_many', [11])).body).toContain('(limit transactionRows)');
  expect(notes()).toEqual([]);
  expect(await call('add_many', [10])).toEqual({ status: 200, body: '10' });
});

test('a procedure that takes too much memory ends only its thread', async () => {
  await start({ limits: { callMillis: 100_000, procedureBytes: 32 * 1024 * 1024 } });
  expect((await call('hoard')).body).toContain('memory');
  expect(await call('add', [1, 2])).toEqual({ status: 200, body: '3' });
});

test('more procedures than may run at the same time wait for their turn', async () => {
  const url = await startWithServer((_request, response) => response.end('ok'), {
    limits: { procedures: 2 },
  });
  const answers = await Promise.all(Array.from({ length: 8 }, () => call('get_often', [url, 2])));
  expect(answers).toEqual(Array(8).fill({ status: 200, body: '2' }));
});

test('a procedure that runs while another program is published ends with an error', async () => {
  const asked = new Promise<void>((resolve) => {
    handler = () => resolve();
  });
  // Not with the hosts of other tests, which need the program.
  host = (await startAnother({})).host;
  onTestFinished(() => host.stop());
  const waiting = call('get', [`http://127.0.0.1:${port}/`]);
  await asked;
  const changed = `${await program}\n// changed`;
  const response = await fetch(`${host.uri}/v1/database/procedures?host_type=Js`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${host.ownerToken}`, 'content-type': 'application/javascript' },
    body: changed,
  });
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  expect(await waiting).toEqual(failed('The module was replaced or stopped before the call ended'));
  expect(await call('add', [1, 2])).toEqual({ status: 200, body: '3' });
});

test('a transaction that a procedure leaves open is rolled back, and the log says so', async () => {
  const source = `
    import { schema, table, t } from 'spacetimedb/server';
    import * as sys from 'spacetime:sys@2.0';
    const spacetimedb = schema({ note: table({ name: 'note', public: true }, { text: t.string() }) });
    export default spacetimedb;
    let kept;
    export const keep = spacetimedb.procedure(t.unit(), (ctx) => {
      ctx.withTx((tx) => { kept = tx; });
      sys.procedure_start_mut_tx();
      kept.db.note.insert({ text: 'left' });
      return {};
    });
    export const in_reducer = spacetimedb.reducer((ctx) => {
      const tries = [() => sys.procedure_start_mut_tx(), () => sys.procedure_commit_mut_tx(), () => sys.procedure_http_request(new Uint8Array(1), '')];
      for (let n = 0; n < 3; n++) try { tries[n](); } catch (error) { ctx.db.note.insert({ text: n + ' ' + error.constructor.name }); }
    });
  `;
  await start({ program: await bundleSource(source) });
  expect(await call('keep')).toEqual({ status: 200, body: '[]' });
  expect(notes()).toEqual([]);
  expect(host.logs().map(({ message }) => message)).toContain(
    'aborting dangling anonymous transaction in procedure keep',
  );
  host.call('in_reducer');
  expect(notes()).toEqual([
    '0 WouldBlockTransaction',
    '1 TransactionNotAnonymous',
    '2 WouldBlockTransaction',
  ]);
});
