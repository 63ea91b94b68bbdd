import { describe, expect, it, vi } from 'vitest';
import type { LogRecord } from '../../../engine/database-api.ts';
import { startTestServer, type TestServer } from '../testing/start-test-server.ts';

const line = (message: string): LogRecord => ({ level: 'Info', ts: 1_700_000_000_000_000, message });

const logs = (
  server: TestServer,
  query = '',
  init: Parameters<TestServer['request']>[1] = { as: server.owner },
) => server.request(`/v1/database/chat/logs${query}`, init);

/** Reads lines of a response that does not end. */
async function* linesOf(response: Response): AsyncGenerator<string, void> {
  let rest = '';
  for await (const text of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

describe('GET …/logs', () => {
  it('logs are one JSON object per line, with level first and without absent fields', async () => {
    const server = await startTestServer();
    server.database.log({
      level: 'Panic',
      ts: 2,
      target: 't',
      filename: 'f.ts',
      line_number: 3,
      function: 'add',
      message: 'Uncaught "x"\n',
      trace: [{ func_name: 'add' }],
    });
    server.database.log(line('hello'));
    const response = await logs(server);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.text()).toBe(
      '{"level":"Panic","ts":2,"target":"t","filename":"f.ts","line_number":3,"function":"add",' +
        '"message":"Uncaught \\"x\\"\\n","trace":[{"func_name":"add"}]}\n' +
        '{"level":"Info","ts":1700000000000000,"message":"hello"}\n',
    );
  });

  it('logs return the requested number of newest lines', async () => {
    const server = await startTestServer();
    for (const message of ['a', 'b', 'c']) server.database.log(line(message));
    const messages = async (query: string) =>
      (await (await logs(server, query)).text())
        .split('\n')
        .flatMap((text) => (text ? JSON.parse(text).message : []));
    expect(await messages('')).toEqual(['a', 'b', 'c']);
    expect(await messages('?num_lines=2')).toEqual(['b', 'c']);
    expect(await messages('?num_lines=0')).toEqual(['c']);
    expect(await messages('?num_lines=9&follow=false')).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['?num_lines=-1', 'invalid digit found in string'],
    ['?num_lines=', 'cannot parse integer from empty string'],
    ['?num_lines=4294967296', 'number too large to fit in target type'],
    ['?follow=yes', 'provided string was not `true` or `false`'],
  ])('logs refuse %s', async (query, problem) => {
    const server = await startTestServer();
    const response = await logs(server, query);
    expect([response.status, await response.text()]).toEqual([
      400,
      `Failed to deserialize query string: ${problem}`,
    ]);
  });

  it('logs are for the owner only', async () => {
    const server = await startTestServer();
    const stranger = await server.auth.mint();
    const response = await logs(server, '', { as: stranger });
    expect([response.status, await response.text()]).toEqual([
      403,
      `${stranger.identity} is not authorized to perform action on database ${server.database.identity}: view module logs`,
    ]);
    expect((await logs(server, '', {})).status).toBe(403);
  });

  it('following returns old lines if requested, then each new one, until the reader disconnects', async () => {
    const server = await startTestServer();
    for (const message of ['a', 'b', 'c']) server.database.log(line(message));
    const leave = new AbortController();
    const response = await logs(server, '?follow=true&num_lines=2', {
      as: server.owner,
      signal: leave.signal,
    });
    const lines = linesOf(response);
    const next = async () => JSON.parse((await lines.next()).value ?? '').message;
    expect(await next()).toBe('b');
    expect(await next()).toBe('c');
    server.database.log(line('d'));
    expect(await next()).toBe('d');

    leave.abort();
    await vi.waitFor(() => expect(server.database.followers.size).toBe(0));
  });

  it('following ends when the database is closed', async () => {
    const server = await startTestServer();
    const lines = linesOf(await logs(server, '?follow=true'));
    for (const onEnd of server.database.followers.values()) onEnd();
    expect((await lines.next()).done).toBe(true);
  });

  it('following answers at once even without any lines', async () => {
    const server = await startTestServer();
    server.database.log(line('old'));
    const response = await logs(server, '?follow=true');
    expect(response.status).toBe(200);
    server.database.log(line('new'));
    const { value } = await linesOf(response).next();
    expect(JSON.parse(value ?? '').message).toBe('new');
  });

  it('following skips lines for a slow reader and continues', async () => {
    const server = await startTestServer();
    const leave = new AbortController();
    const response = await logs(server, '?follow=true', { as: server.owner, signal: leave.signal });
    const big = 'x'.repeat(100_000);
    for (let count = 0; count < 1000; count++) server.database.log(line(big));

    let seen = 0;
    let caughtUp = false;
    const reading = (async () => {
      for await (const text of linesOf(response)) {
        if (JSON.parse(text).message === 'end') caughtUp = true;
        else seen++;
      }
    })().catch(() => {}); // Disconnecting ends the reading with an error.
    await vi.waitFor(() => {
      server.database.log(line('end'));
      expect(caughtUp).toBe(true);
    });
    leave.abort();
    await reading;
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(1000);
  });
});
