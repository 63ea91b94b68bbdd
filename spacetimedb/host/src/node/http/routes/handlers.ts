import {
  validateHeaderName,
  validateHeaderValue,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Hono } from 'hono';
import { methodOf, type HttpRequest, type HttpResponse } from '../../../engine/abi/http-messages.ts';
import type { ModuleDef } from '../../../engine/schema/module-def.ts';
import type { HostApi } from '../host-api.ts';
import { HttpError } from '../http-error.ts';
import { findDatabase, limitCalls, type AppEnv } from '../middleware.ts';
import { CORS_HEADERS } from '../paths.ts';
import { readBytes } from '../request-body.ts';

const NO_SUCH_ROUTE = 'Database has not registered a handler for this route';

/** Headers that the host sets itself: those about the connection and those of CORS. */
const HEADERS_OF_THE_HOST: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'access-control-allow-origin'],
]);

/** Responses with these codes have no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * `…/route` and all paths below it, with any method: the module's HTTP handlers answer. Tokens are neither required nor
 * read, because callers may come from anywhere, such as webhooks.
 */
export function addHandlerRoutes(app: Hono<AppEnv>, host: HostApi): void {
  for (const path of ['/v1/database/:database/route', '/v1/database/:database/route/*']) {
    app.all(path, findDatabase(host), limitCalls(host), async (context) => {
      const database = context.get('database');
      const { incoming, outgoing } = context.env as HttpBindings;
      const method = incoming.method ?? 'GET';
      const handler = findHandler(database.moduleDef, method, pathBelowRoute(incoming.url ?? ''));
      if (handler === undefined) throw new HttpError(404, NO_SUCH_ROUTE);
      const body = await readBytes(context);
      const outcome = await database.handleHttp(
        handler,
        requestFor(incoming as IncomingMessage, method),
        body,
      );
      switch (outcome.tag) {
        case 'answered':
          if (outcome.hasCommitted) await database.durable();
          return respond(outgoing as ServerResponse, outcome.response, outcome.body);
        case 'fatal':
          throw new HttpError(500, outcome.message);
        case 'unavailable':
          throw new HttpError(503, outcome.message);
        case 'no_such_handler':
          throw new HttpError(404, NO_SUCH_ROUTE);
      }
    });
  }
}

/** @returns the canonical name of the handler */
function findHandler(
  { httpRoutes }: ModuleDef,
  method: string,
  path: string | undefined,
): string | undefined {
  const route = httpRoutes.find((each) => each.path === path && (each.method ?? method) === method);
  return route?.handlerName;
}

/** The part of a request's target after `/route`, decoded; `undefined` when it cannot be decoded. */
function pathBelowRoute(target: string): string | undefined {
  const [, path = ''] = /^(?:[a-z]+:\/\/[^/]*)?\/v1\/database\/[^/?]*\/route([^?]*)/i.exec(target) ?? [];
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function requestFor(incoming: IncomingMessage, method: string): HttpRequest {
  const entries = [];
  for (let n = 0; n < incoming.rawHeaders.length; n += 2) {
    const [name = '', value = ''] = incoming.rawHeaders.slice(n, n + 2);
    entries.push({ name: name.toLowerCase(), value: Uint8Array.from(Buffer.from(value, 'latin1')) });
  }
  return {
    method: methodOf(method),
    headers: { entries },
    timeout: undefined,
    uri: externalUri(incoming),
    version: { tag: incoming.httpVersion === '1.0' ? 'Http10' : 'Http11' },
  };
}

/** The URL that the client requested, as far as proxies report it. */
function externalUri({ url = '/', headers }: IncomingMessage): string {
  if (/^[a-z]+:\/\//i.test(url)) return url;
  const forwarded = (name: string) => {
    const value = headers[name];
    return (typeof value === 'string' && value.split(',')[0]?.trim()) || undefined;
  };
  const authority = forwarded('x-forwarded-host') ?? headers.host;
  return authority === undefined ? url : `${forwarded('x-forwarded-proto') ?? 'http'}://${authority}${url}`;
}

/**
 * Writes the answer itself, because the HTTP library would add a content type to one without.
 *
 * @throws {HttpError} 500 when the answer cannot be sent
 */
function respond(outgoing: ServerResponse, { code, headers }: HttpResponse, body: Uint8Array): Response {
  if (code < 200 || code > 999) {
    throw new HttpError(
      500,
      `The HTTP handler answered with status ${code}, which is not between 200 and 999`,
    );
  }
  const sent: string[] = Object.entries(CORS_HEADERS).flat();
  for (const { name, value } of headers.entries) {
    if (HEADERS_OF_THE_HOST.has(name.toLowerCase())) continue;
    const text = Buffer.from(value).toString('latin1');
    try {
      validateHeaderName(name);
      validateHeaderValue(name, text);
    } catch {
      throw new HttpError(500, `The HTTP handler answered with an invalid header: ${JSON.stringify(name)}`);
    }
    sent.push(name, text);
  }
  const hasBody = !WITHOUT_BODY.has(code);
  if (hasBody) sent.push('content-length', String(body.length));
  outgoing.writeHead(code, sent);
  outgoing.end(hasBody ? body : undefined);
  return RESPONSE_ALREADY_SENT;
}
