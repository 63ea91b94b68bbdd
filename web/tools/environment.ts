import { fileURLToPath } from 'node:url';
import {
  parseDatabaseName,
  parseLimits,
  parsePort,
  parseTrustProxy,
  type HostLimits,
  type TrustProxy,
} from 'spacetimedb-host';

/** The project's folder, whatever the working directory is. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Environment variables of `npm start` and `npm run dev`. */
export interface Environment {
  readonly port: number;
  /** Where to listen; this machine only when absent. */
  readonly hostname?: string;
  readonly dataDir: string;
  readonly database: string;
  /** The rooms that the site lists; absent for only the one of `database`. */
  readonly rooms?: readonly { readonly database: string; readonly title?: string }[];
  readonly limits: Partial<HostLimits>;
  readonly trustProxy?: TrustProxy;
  readonly frameAncestors?: string;
}

/**
 * Reads `PORT` (default 3000), `HOST` (such as `0.0.0.0` for other devices), `DATA_DIR` (default `.spacetimedb`),
 * `DATABASE` (default `quickstart-chat`), `ROOMS` (such as `quickstart-chat=Lobby,help=Help desk`), `LIMITS` (such as `callMillis=5000,queryRows=none`), `TRUST_PROXY` (such as
 * `1`) and `FRAME_ANCESTORS` (such as `self https://example.com`).
 *
 * @throws {UsageError} if one of them is invalid
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  return {
    port: parsePort(env['PORT'] || '3000'),
    ...(env['HOST'] && { hostname: env['HOST'] }),
    dataDir: env['DATA_DIR'] || '.spacetimedb',
    database: parseDatabaseName(env['DATABASE'] || 'quickstart-chat'),
    ...(env['ROOMS'] && { rooms: env['ROOMS'].split(',').map(parseRoom) }),
    limits: parseLimits((env['LIMITS'] ?? '').split(',').filter(Boolean)),
    ...(env['TRUST_PROXY'] && { trustProxy: parseTrustProxy(env['TRUST_PROXY']) }),
    ...(env['FRAME_ANCESTORS'] && { frameAncestors: env['FRAME_ANCESTORS'] }),
  };
}

/** Reads `database=Title` or `database`. */
function parseRoom(text: string): { database: string; title?: string } {
  const [database = '', ...title] = text.split('=');
  const name = title.join('=').trim();
  return { database: parseDatabaseName(database.trim()), ...(name && { title: name }) };
}
