import type { Hono } from 'hono';
import {
  SqlError,
  UnavailableError,
  type AuthenticatedClient,
  type DatabaseApi,
  type SqlResult,
} from '../../../engine/database-api.ts';
import { asClient } from '../client-lifecycle.ts';
import type { HostApi } from '../host-api.ts';
import { HttpError } from '../http-error.ts';
import { findDatabase, identifyOrMint, queryOf, type AppEnv } from '../middleware.ts';
import { queryBoolean } from '../query.ts';
import { readUtf8Body } from '../request-body.ts';
import { formatSqlResult } from '../sql-response.ts';

/** `POST …/sql`: one statement, as plain text; the answer waits until what it saw is durable, unless `confirmed=false`. */
export function addSqlRoute(app: Hono<AppEnv>, host: HostApi): void {
  app.post('/v1/database/:database/sql', identifyOrMint(host.auth), findDatabase(host), async (context) => {
    const confirmed = queryBoolean(queryOf(context), 'confirmed') ?? true;
    const statement = await readUtf8Body(context);
    const database = context.get('database');
    const result = await asClient(database, context.get('credentials'), async (client) => {
      const answer = runSql(database, client, statement);
      if (confirmed) await database.durable().catch((error: unknown) => letReadersPass(error, answer));
      return answer;
    });
    return context.body(formatSqlResult(result, database.moduleDef.typespace), 200, {
      // The CLI compares this literally.
      'content-type': 'application/json',
      'spacetime-execution-duration-micros': String(result.durationMicros),
    });
  });
}

/** A disk that takes nothing keeps nobody from reading. */
function letReadersPass(error: unknown, { stats }: SqlResult): void {
  if (error instanceof UnavailableError && stats.inserted + stats.deleted + stats.updated === 0) return;
  throw error;
}

function runSql(database: DatabaseApi, client: AuthenticatedClient, statement: string) {
  try {
    return database.sql(client, statement);
  } catch (error) {
    throw error instanceof SqlError ? new HttpError(400, error.message) : error;
  }
}
