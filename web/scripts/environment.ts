import { fileURLToPath } from 'node:url';
import { parseDatabaseName, parseLimits, parsePort, type HostLimits } from 'spacetimedb-host';

/** The project's folder; the commands work from wherever they are called. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the environment says about `npm start` and `npm run dev`. */
export interface Environment {
  readonly port: number;
  readonly dataDir: string;
  readonly database: string;
  readonly limits: Partial<HostLimits>;
}

/**
 * Reads `PORT` (default 3000), `DATA_DIR` (default `.spacetimedb`), `DATABASE` (default `quickstart-chat`)
 * and `LIMITS` (such as `callMillis=5000,queryRows=none`).
 *
 * @throws {UsageError} when one of them makes no sense
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  return {
    port: parsePort(env['PORT'] || '3000'),
    dataDir: env['DATA_DIR'] || '.spacetimedb',
    database: parseDatabaseName(env['DATABASE'] || 'quickstart-chat'),
    limits: parseLimits((env['LIMITS'] ?? '').split(',').filter(Boolean)),
  };
}
