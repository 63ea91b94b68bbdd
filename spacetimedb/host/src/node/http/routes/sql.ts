import type { Hono } from 'hono';
import {
  UnavailableError,
  type AuthenticatedClient,
  type DatabaseApi,
  type SqlResult,
} from '../../../engine/database-api.ts';
import { SqlError } from '../../../engine/sql/sql-error.ts';
import type { HostLimits } from '../../../engine/limits.ts';
import { RequestBudget, UNLIMITED } from '../../../engine/sql/budget.ts';
import { asClient } from '../client-lifecycle.ts';
import type { HostApi } from '../host-api.ts';
import { HttpError } from '../http-error.ts';
import { findDatabase, identifyOrMint, limitCalls, queryOf, type AppEnv } from '../middleware.ts';
import { queryBoolean } from '../query.ts';
import { readUtf8Body } from '../request-body.ts';
import { formatSqlResult } from '../sql-response.ts';

/**
 * `POST …/sql`: one statement as plain text. The response waits until everything it saw is durable, unless
 * `confirmed=false`.
 */
export function addSqlRoute(app: Hono<AppEnv>, host: HostApi): void {
  app.post(
    '/v1/database/:database/sql',
    identifyOrMint(host),
    limitCalls(host),
    findDatabase(host),
    async (context) => {
      const confirmed = queryBoolean(queryOf(context), 'confirmed') ?? true;
      const statement = await readUtf8Body(context);
      const database = context.get('database');
      const { answer, durationMicros } = await asClient(
        database,
        context.get('credentials'),
        async (client) => {
          const ran = runSql(database, client, statement, host.limits);
          if (confirmed) await database.durable().catch((error: unknown) => letReadersPass(error, ran.stats));
          return ran;
        },
      );
      return context.body(answer, 200, {
        // The CLI compares this literally.
        'content-type': 'application/json',
        'spacetime-execution-duration-micros': String(durationMicros),
      });
    },
  );
}

/** Reading works while the disk accepts no writes. */
function letReadersPass(error: unknown, { inserted, deleted, updated }: SqlResult['stats']): void {
  if (error instanceof UnavailableError && inserted + deleted + updated === 0) return;
  throw error;
}

function runSql(
  database: DatabaseApi,
  client: AuthenticatedClient,
  statement: string,
  limits: HostLimits,
): Pick<SqlResult, 'durationMicros' | 'stats'> & { readonly answer: string } {
  try {
    const result = database.sql(client, statement);
    // The text of a result may be several times larger, and take as long as the query.
    const budget = client.identity.isEqual(database.owner) ? UNLIMITED : new RequestBudget(limits);
    const answer = formatSqlResult(result, database.moduleDef.typespace, budget);
    return { answer, durationMicros: result.durationMicros, stats: result.stats };
  } catch (error) {
    throw error instanceof SqlError ? new HttpError(400, error.message) : error;
  }
}
