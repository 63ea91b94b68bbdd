import type { Hono } from 'hono';
import type { HostApi } from '../host-api.ts';
import { credentialsOf, type AppEnv } from '../middleware.ts';

/** Routes about the host itself. */
export function addNodeRoutes(app: Hono<AppEnv>, host: HostApi): void {
  // Needs no token but refuses an invalid one. `spacetime server ping` and the SDK rely on both.
  app.get('/v1/ping', async (context) => {
    await credentialsOf(host.auth, context);
    return context.body(null, 200);
  });

  app.get('/v1/health', (context) =>
    context.json({ package_name: 'spacetimedb-host', version: host.version, nodes: [0], schedulable: true }),
  );
}
