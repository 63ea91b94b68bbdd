import { expect, it, vi } from 'vitest';
import { createRequest, diagnoseFailure, fetchSocketToken, probeRefusal } from './connection-probe.ts';
import type { Environment, SocketArgs } from './types.ts';

const args = { url: new URL('wss://chat.example/below/'), nameOrAddress: 'my chat' } as SocketArgs;
const { signal } = new AbortController();

/** Requests to a server that gives these answers one after the other, and none after them. */
function setUp(...answers: Response[]) {
  const fetch = vi.fn<Environment['fetch']>(() => {
    const answer = answers.shift();
    return answer ? Promise.resolve(answer) : Promise.reject(new TypeError('fetch failed'));
  });
  return { fetch, request: createRequest({ fetch } as unknown as Environment, args.url, signal) };
}
const answer = (status: number, text: string | null = null, type = 'text/plain') =>
  new Response(text, { status, headers: { 'content-type': type } });

it('asks over HTTP, and as a POST only in the name of somebody', async () => {
  const { fetch, request } = setUp(answer(200), answer(200));
  await request('v1/ping');
  await request('v1/ping', 'mine');
  const url = new URL('https://chat.example/below/v1/ping');
  expect(fetch.mock.calls).toEqual([
    [url, { signal }],
    [url, { signal, method: 'POST', headers: { Authorization: 'Bearer mine' } }],
  ]);
});

it('exchanges a token, or throws the refusal', async () => {
  const { fetch, request } = setUp(Response.json({ token: 'short' }));
  expect(await fetchSocketToken(request, 'mine')).toBe('short');
  expect(fetch.mock.calls[0]?.[0].pathname).toBe('/below/v1/identity/websocket-token');
  const refusal = answer(401);
  await expect(fetchSocketToken(setUp(refusal).request, 'mine')).rejects.toBe(refusal);
});

const ping = answer(200, 'pong');
const page = answer(200, '<!doctype html>', 'text/html; charset=utf-8');
it.each<[string, unknown, Response[], string, string]>([
  ['a token that is refused', answer(401, 'Expired'), [], 'token-rejected', 'Expired'],
  ['a token that is malformed', answer(400, 'x'.repeat(201)), [], 'token-rejected', 'x'.repeat(200)],
  [
    'a token without a reason',
    answer(401, ''),
    [],
    'token-rejected',
    'The server does not accept the saved token',
  ],
  ['a page for every path', undefined, [page], 'no-server', 'chat.example is not a SpacetimeDB server'],
  [
    'a server that forbids',
    undefined,
    [answer(403)],
    'no-server',
    'chat.example is not a SpacetimeDB server',
  ],
  ['a refused exchange', answer(500), [ping], 'unreachable', 'chat.example answered with status 500'],
  ['no database', undefined, [ping, answer(404)], 'unknown-database', 'chat.example has no database my chat'],
  [
    'a socket that fails',
    undefined,
    [ping, answer(200)],
    'unreachable',
    'chat.example refused the connection',
  ],
  [
    'a request that fails',
    new TypeError('fetch failed'),
    [ping, answer(404)],
    'unreachable',
    'No answer from chat.example',
  ],
  ['a failure without a reason', null, [ping], 'unreachable', 'No answer from chat.example'],
  ['no answer', undefined, [], 'unreachable', 'No answer from chat.example'],
])('explains %s', async (_, cause, answers, code, message) => {
  const { fetch, request } = setUp(...answers.map((one) => one.clone()));
  expect(await diagnoseFailure(cause, args, request)).toMatchObject({ code, message });
  const paths = ['/below/v1/ping', '/below/v1/database/my%20chat/identity'];
  expect(fetch.mock.calls.map(([url]) => url.pathname)).toEqual(paths.slice(0, fetch.mock.calls.length));
});

it('asks for the words of a refusal in the name of the refused', async () => {
  const { fetch, request } = setUp(answer(403, 'You are banned'), answer(400, 'Empty SQL query'));
  expect(await probeRefusal('mine', args, request)).toBe('You are banned');
  expect(fetch.mock.calls[0]?.[0].pathname).toBe('/below/v1/database/my%20chat/sql');
  expect(fetch.mock.calls[0]?.[1].headers).toEqual({ Authorization: 'Bearer mine' });
  expect(await probeRefusal('mine', args, request)).toBeUndefined();
  expect(await probeRefusal('mine', args, request)).toBeUndefined();
  expect(await probeRefusal(undefined, args, request)).toBeUndefined();
  expect(fetch).toHaveBeenCalledTimes(3);
});
