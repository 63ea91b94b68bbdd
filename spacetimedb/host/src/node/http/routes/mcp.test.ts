import { describe, expect, it } from 'vitest';
import { startTestServer } from '../testing/start-test-server.ts';

async function startMcp() {
  const server = await startTestServer();
  const post = (path: string, body: unknown, headers = { 'content-type': 'application/json' }) =>
    server.request(path, { method: 'POST', as: server.owner, headers, body: JSON.stringify(body) });
  const rpc = async (method: string, params?: unknown, path = '/v1/mcp') => {
    const answer = await post(path, { jsonrpc: '2.0', id: 7, method, params });
    return (await answer.json()) as { result?: unknown; error?: { code: number; message: string } };
  };
  const tool = async (name: string, args: unknown, path?: string) =>
    (await rpc('tools/call', { name, arguments: args }, path)).result;
  return { ...server, post, rpc, tool };
}

const text = (value: string, isError = false) => ({ content: [{ type: 'text', text: value }], isError });
const DATABASE = '/v1/database/chat/mcp';

describe('POST /v1/mcp', () => {
  it('the MCP route introduces itself and lists its tools, which take a database only if the URL names none', async () => {
    const { rpc } = await startMcp();
    expect((await rpc('initialize')).result).toMatchObject({ protocolVersion: '2025-06-18' });
    const names = async (path?: string) => {
      const { tools } = (await rpc('tools/list', {}, path)).result as {
        tools: { name: string; inputSchema: { required?: string[] } }[];
      };
      return tools.map(({ name, inputSchema }) => `${name}(${inputSchema.required ?? ''})`);
    };
    expect(await names()).toEqual([
      'list_databases()',
      'ping()',
      'get_schema(database)',
      'sql(database,sql)',
      'call(database,reducer)',
    ]);
    expect(await names(DATABASE)).toEqual(['ping()', 'get_schema()', 'sql(sql)', 'call(reducer)']);
  });

  it('MCP tools call reducers, run SQL and list databases as the caller', async () => {
    const { tool, database, owner } = await startMcp();
    expect(await tool('call', { reducer: 'add', args: ['x'] }, DATABASE)).toEqual(
      text("reducer 'add' committed"),
    );
    const call = database.events.find((event) => event.tag === 'call');
    expect(call?.caller.identity.isEqual(owner.identity)).toBe(true);
    expect(call).toMatchObject({ name: 'add', args: { format: 'json', text: '["x"]' } });
    expect(await tool('sql', { database: 'chat', sql: 'SELECT 1' })).toMatchObject({ isError: false });
    const identity = database.identity.toHexString();
    expect(await tool('list_databases', {})).toEqual(
      text(JSON.stringify({ databases: [{ identity, names: ['chat'] }] })),
    );
  });

  it('MCP tools return the errors of the other routes as results', async () => {
    const { tool, database } = await startMcp();
    database.callOutcome = { tag: 'sender_error', message: 'not today' };
    expect(await tool('call', { reducer: 'add' }, DATABASE)).toEqual(
      text("reducer 'add' failed: not today", true),
    );
    expect(await tool('get_schema', { database: 'nope' })).toEqual(text('`nope` not found', true));
  });

  it.each([
    ['nothing', {}, -32601, 'method not found: nothing'],
    ['tools/call', undefined, -32602, 'missing params'],
    ['tools/call', { name: 'fly' }, -32602, 'unknown tool: fly'],
    ['tools/call', { name: 'sql', arguments: { sql: 'x' } }, -32602, 'database argument must be a string'],
    ['tools/call', { name: 'sql', arguments: { database: 'chat' } }, -32602, 'sql argument must be a string'],
    [
      'tools/call',
      { name: 'call', arguments: { database: 'chat', reducer: 'add', args: 'x' } },
      -32602,
      'args must be a JSON array',
    ],
  ])('the MCP route refuses %s with %j', async (method, params, code, message) => {
    const { rpc } = await startMcp();
    expect((await rpc(method, params)).error).toEqual({ code, message });
  });

  it('the MCP route accepts notifications without an answer, and only JSON', async () => {
    const { post } = await startMcp();
    expect((await post('/v1/mcp', { jsonrpc: '2.0', method: 'initialized' })).status).toBe(202);
    expect((await post('/v1/mcp', {}, { 'content-type': 'text/plain' })).status).toBe(415);
  });
});

it('anyone can read and add energy, but nobody can set it', async () => {
  const { request, owner } = await startTestServer();
  const path = `/v1/energy/${owner.identity}`;
  expect(await (await request(`${path}?amount=5`, { method: 'POST', as: owner })).json()).toEqual({
    balance: '5',
  });
  expect(await (await request(path)).json()).toEqual({ balance: '5' });
  expect((await request(`${path}?amount=-1`, { method: 'POST', as: owner })).status).toBe(400);
  expect((await request(`${path}?balance=9`, { method: 'PUT', as: owner })).status).toBe(401);
});

it('GET /v1/metrics is text for Prometheus', async () => {
  const { request } = await startTestServer();
  const answer = await request('/v1/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await answer.text()).toMatch(/^# HELP process_resident_memory_bytes .*\n# TYPE .* gauge\n\S+ \d+\n/);
});
