import { Hono } from 'hono';
import { UnavailableError } from '../../engine/database-api.ts';
import { DatabaseStoppedError } from '../../engine/database-api.ts';
import type { HostApi } from './host-api.ts';
import { errorText, HttpError } from './http-error.ts';
import type { AppEnv } from './middleware.ts';
import { answerForPaths } from './paths.ts';
import { addCallRoute } from './routes/call.ts';
import { addDatabaseRoutes } from './routes/database.ts';
import { addEnergyRoutes } from './routes/energy.ts';
import { addHandlerRoutes } from './routes/handlers.ts';
import { addIdentityRoutes } from './routes/identity.ts';
import { addLogsRoute } from './routes/logs.ts';
import { addMcpRoutes } from './routes/mcp.ts';
import { addMetricsRoutes } from './routes/metrics.ts';
import { addNamesRoutes } from './routes/names.ts';
import { addNodeRoutes } from './routes/node.ts';
import { addPublishRoutes } from './routes/publish.ts';
import { addSqlRoute } from './routes/sql.ts';

export interface AppOptions {
  /** Called for unexpected errors, which are also answered with 500; `console.error` by default. */
  readonly onUnexpectedError?: (error: unknown) => void;
}

/**
 * The HTTP API under `/v1`, with the routes, statuses and texts of a standalone SpacetimeDB server
 * (`crates/client-api/src/routes`). Its `fetch` never rejects.
 */
export function createApp(host: HostApi, options: AppOptions = {}): Hono<AppEnv> {
  const { onUnexpectedError = console.error } = options;
  const app = new Hono<AppEnv>();
  app.use('/v1/*', answerForPaths(app, host));
  addNodeRoutes(app, host);
  addIdentityRoutes(app, host);
  addDatabaseRoutes(app, host);
  addPublishRoutes(app, host);
  addNamesRoutes(app, host);
  addEnergyRoutes(app, host);
  addMcpRoutes(app, host);
  addMetricsRoutes(app, host);
  addCallRoute(app, host);
  addHandlerRoutes(app, host);
  addSqlRoute(app, host);
  addLogsRoute(app, host);
  app.notFound((context) => context.body(null, 404));
  app.onError((error) => {
    if (error instanceof DatabaseStoppedError) return plainText(503, error.message);
    if (error instanceof HttpError) return plainText(error.status, error.message, error.headers);
    if (error instanceof UnavailableError) return plainText(503, error.message);
    onUnexpectedError(error);
    return plainText(500, errorText(error));
  });
  return app;
}

function plainText(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
}
