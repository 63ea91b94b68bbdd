import { fileURLToPath } from 'node:url';
import { parseDatabaseName, parsePort } from 'spacetimedb-host';

/** The project's folder; the commands work from wherever they are called. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the environment says about `npm start` and `npm run dev`. */
export interface Environment {
  readonly port: number;
  readonly dataDir: string;
  readonly database: string;
}

/**
 * Reads `PORT` (default 3000), `DATA_DIR` (default `.spacetimedb`) and `DATABASE` (default `quickstart-chat`).
 *
 * @throws {UsageError} when one of them makes no sense
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  return {
    port: parsePort(env['PORT'] || '3000'),
    dataDir: env['DATA_DIR'] || '.spacetimedb',
    database: parseDatabaseName(env['DATABASE'] || 'quickstart-chat'),
  };
}
