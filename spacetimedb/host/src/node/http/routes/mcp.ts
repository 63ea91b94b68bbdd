/**
 * The Model Context Protocol, for the agents that `spacetime mcp` connects: JSON-RPC requests whose tools do what the
 * other routes do, as the same caller (`crates/client-api/src/routes/mcp.rs`).
 */
import type { Context, Hono } from 'hono';
import { parseDatabaseRef } from '../database-ref.ts';
import type { HostApi } from '../host-api.ts';
import { errorText, HttpError } from '../http-error.ts';
import { identifyOrMint, type AppEnv } from '../middleware.ts';
import { readUtf8Body } from '../request-body.ts';
import { mcpTools } from './mcp-tools.ts';

const PROTOCOL_VERSION = '2025-06-18';

/** A request that is answered with an error of JSON-RPC. */
class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

type Json = Readonly<Record<string, unknown>>;

interface Call {
  readonly app: Hono<AppEnv>;
  readonly host: HostApi;
  readonly context: Context<AppEnv>;
  /** The database in the URL; absent if each call names one. */
  readonly scope: string | undefined;
}

export function addMcpRoutes(app: Hono<AppEnv>, host: HostApi): void {
  const identified = identifyOrMint(host);
  const answer = (scope?: 'database') => async (context: Context<AppEnv>) =>
    answerRpc({ app, host, context, scope: scope && context.req.param(scope) });
  app.post('/v1/mcp', identified, answer());
  app.post('/v1/database/:database/mcp', identified, answer('database'));
}

async function answerRpc(call: Call): Promise<Response> {
  const { context, host, scope } = call;
  const request = await readJson(context);
  if (scope !== undefined) parseDatabaseRef(scope);
  // A notification: it has no id, and gets no answer.
  if (request['id'] === undefined) return context.body(null, 202);
  const reply = (answer: Json) => context.json({ jsonrpc: '2.0', id: request['id'], ...answer });
  try {
    return reply({ result: await resultOf(call, host, request) });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return reply({ error: { code: error.code, message: error.message } });
  }
}

async function resultOf(call: Call, host: HostApi, request: Json): Promise<unknown> {
  const isHostWide = call.scope === undefined;
  switch (request['method']) {
    case 'initialize':
      return {
        protocolVersion: PROTOCOL_VERSION,
        capabilities: { tools: {} },
        serverInfo: { name: 'spacetimedb-host', version: host.version },
        instructions: isHostWide
          ? 'Tools for the SpacetimeDB databases of this host. Tools that read or write take a `database`: a name or an identity. Everything happens as you, as over the HTTP API.'
          : 'Tools for one SpacetimeDB database. Read its tables and reducers with get_schema, its rows with sql, and write with call. Everything happens as you, as over the HTTP API.',
      };
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: mcpTools(isHostWide) };
    case 'tools/call':
      return callTool(call, request['params']);
    default:
      if (typeof request['method'] !== 'string') {
        throw new RpcError(INVALID_REQUEST, 'invalid request: missing method');
      }
      throw new RpcError(METHOD_NOT_FOUND, `method not found: ${request['method']}`);
  }
}

async function callTool(call: Call, params: unknown): Promise<unknown> {
  if (!isObject(params)) throw new RpcError(INVALID_PARAMS, 'missing params');
  const { name, arguments: given } = params;
  if (typeof name !== 'string') throw new RpcError(INVALID_PARAMS, 'missing tool name');
  const { text, isError } = await runTool(call, name, isObject(given) ? given : {});
  return { content: [{ type: 'text', text }], isError };
}

interface ToolResult {
  readonly text: string;
  readonly isError: boolean;
}

async function runTool(call: Call, name: string, given: Json): Promise<ToolResult> {
  switch (name) {
    case 'ping':
      return ok(typeof given['message'] === 'string' ? `pong: ${given['message']}` : 'pong');
    case 'get_schema':
      return send(call, 'GET', `${databasePath(call, given)}/schema?version=9`);
    case 'sql': {
      const at = databasePath(call, given);
      const { sql, confirmed } = given;
      if (typeof sql !== 'string') throw new RpcError(INVALID_PARAMS, 'sql argument must be a string');
      const query = typeof confirmed === 'boolean' ? `?confirmed=${confirmed}` : '';
      return send(call, 'POST', `${at}/sql${query}`, sql);
    }
    case 'call': {
      const at = databasePath(call, given);
      const { reducer, args = [] } = given;
      if (typeof reducer !== 'string') {
        throw new RpcError(INVALID_PARAMS, 'reducer argument must be a string');
      }
      if (args !== null && !Array.isArray(args)) {
        throw new RpcError(INVALID_PARAMS, 'args must be a JSON array');
      }
      const path = `${at}/call/${encodeURIComponent(reducer)}`;
      const { text, isError } = await send(call, 'POST', path, JSON.stringify(args ?? []));
      return isError
        ? { text: `reducer '${reducer}' failed: ${text}`, isError }
        : ok(`reducer '${reducer}' committed`);
    }
    case 'list_databases':
      if (call.scope === undefined) return ok(listDatabases(call));
  }
  throw new RpcError(INVALID_PARAMS, `unknown tool: ${name}`);
}

function ok(text: string): ToolResult {
  return { text, isError: false };
}

function listDatabases({ host, context }: Call): string {
  const caller = context.get('credentials').identity;
  const owned = [...host.databases()].filter((database) => database.owner.isEqual(caller));
  const databases = owned.map(({ identity }) => ({
    identity: identity.toHexString(),
    names: host.registry.namesOf(identity.toHexString()),
  }));
  return JSON.stringify({ databases });
}

function databasePath({ scope }: Call, given: Json): string {
  const database = scope ?? given['database'];
  if (typeof database !== 'string') throw new RpcError(INVALID_PARAMS, 'database argument must be a string');
  try {
    parseDatabaseRef(database);
  } catch (error) {
    throw new RpcError(INVALID_PARAMS, `invalid database '${database}': ${errorText(error)}`);
  }
  return `/v1/database/${database}`;
}

/** Sends a request to another route, as the same caller and from the same address. */
async function send(
  { app, context }: Call,
  method: string,
  path: string,
  body?: string,
): Promise<ToolResult> {
  const headers = {
    authorization: `Bearer ${context.get('credentials').token}`,
    'content-type': 'application/json',
  };
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const response = await app.request(path, init, context.env);
  const text = (await response.text()).trim();
  if (response.ok) return ok(text);
  return { text: text === '' ? `request failed with HTTP ${response.status}` : text, isError: true };
}

/** @throws {HttpError} 415 for another content type, 400 for anything but a JSON object */
async function readJson(context: Context): Promise<Json> {
  const type = (context.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/(?:[^/]+\+)?json$/.test(type)) {
    throw new HttpError(415, 'Expected request with `Content-Type: application/json`');
  }
  const text = await readUtf8Body(context);
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch (error) {
    throw new HttpError(400, `Failed to parse the request body as JSON: ${errorText(error)}`);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
