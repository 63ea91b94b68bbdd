import type { Context, Hono, MiddlewareHandler } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import { identifyOrMint, type AppEnv } from './middleware.ts';
import type { HostApi } from './host-api.ts';

/** For pages of any origin (`CorsLayer` in `crates/client-api/src/routes/mod.rs`). */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  vary: 'origin, access-control-request-method, access-control-request-headers',
};

const PREFLIGHT_HEADERS = {
  ...CORS_HEADERS,
  'access-control-allow-methods': '*',
  'access-control-allow-headers': 'authorization,accept,content-type',
};

/** Every method is allowed. */
const ANY = 'ALL';

/**
 * Answers `OPTIONS` and methods that a path does not have, and lets pages of any origin read the answers. A path
 * without a route gets the bare 404, which has no such headers on SpacetimeDB either.
 *
 * @param app must have all its routes before the first request
 */
export function answerForPaths(app: Hono<AppEnv>, host: HostApi): MiddlewareHandler<AppEnv> {
  const identify = identifyOrMint(host);
  let methodsOf: ((path: string) => readonly string[]) | undefined;
  return async (context, next) => {
    methodsOf ??= readRoutes(app);
    const methods = methodsOf(context.req.path);
    if (methods.length === 0) return next();
    const allow: Record<string, string> = methods.includes(ANY) ? {} : { allow: methods.join(',') };
    if (context.req.method === 'OPTIONS') return context.body(null, 200, { ...PREFLIGHT_HEADERS, ...allow });
    if (methods.includes(ANY) || methods.includes(context.req.method)) {
      await next();
    } else {
      const refuse = async () => {
        context.res = context.body(null, 405, allow);
      };
      // Every answer about a database says who the caller is.
      if (/^\/v1\/database(?:\/|$)/.test(context.req.path)) await identify(context, refuse);
      else await refuse();
    }
    allowAnyOrigin(context);
  };
}

function allowAnyOrigin(context: Context): void {
  for (const [name, value] of Object.entries(CORS_HEADERS)) context.header(name, value);
}

/** The methods of each path, in the order of the routes; none for a path without a route. */
function readRoutes(app: Hono<AppEnv>): (path: string) => readonly string[] {
  const methodsByPath = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    // Middleware is not a route.
    if (path === '/*' || path === '/v1/*') continue;
    const methods = methodsByPath.get(path) ?? new Set();
    methodsByPath.set(path, methods.add(method));
    if (method === 'GET') methods.add('HEAD');
  }
  const router = new TrieRouter<readonly string[]>();
  for (const [path, methods] of methodsByPath) router.add(ANY, path, [...methods]);
  return (path) => router.match(ANY, path)[0].flatMap(([methods]) => methods);
}
