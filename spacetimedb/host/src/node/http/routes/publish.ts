import type { Context, Hono } from 'hono';
import type { DatabaseApi } from '../../../engine/database-api.ts';
import { parseDatabaseRef, resolveDatabase, resolveIdentity, type DatabaseRef } from '../database-ref.ts';
import type { HostApi, MigrationPlan, MigrationPolicy } from '../host-api.ts';
import { HttpError } from '../http-error.ts';
import {
  findDatabase,
  identifyOrMint,
  queryOf,
  requireIdentity,
  requireOwner,
  requirePublisher,
  type AppEnv,
} from '../middleware.ts';
import { queryBoolean, queryDuration, queryHash, queryInteger, queryText, queryWord } from '../query.ts';
import { readBody } from '../request-body.ts';
import { hashJson } from '../u256-json.ts';
import { within } from '../within.ts';

const DEFAULT_CONFIRMATION_MS = 5_000;
const MAX_CONFIRMATION_MS = 5 * 60_000;

/**
 * Routes that publish, plan and delete (`crates/client-api/src/routes/database.rs`). Permission is checked before the
 * body is read, because a program runs as the host's user.
 */
export function addPublishRoutes(app: Hono<AppEnv>, host: HostApi): void {
  const publisher = requirePublisher(host);

  app.post('/v1/database', publisher, (context) => publish(host, context, undefined));

  app.put('/v1/database/:database', publisher, (context) =>
    publish(host, context, parseDatabaseRef(context.req.param('database'))),
  );

  app.post('/v1/database/:database/pre_publish', publisher, findDatabase(host), async (context) => {
    // The CLI treats 404 as "nothing to plan" and publishes.
    if (host.planMigration === undefined) throw notOffered('plan migrations', 404);
    const database = context.get('database');
    const query = queryOf(context);
    const ansiColors = queryWord(query, 'style', ['AnsiColor', 'NoColor']) !== 'NoColor';
    requireOwner(context.get('credentials'), database, 'update database');
    requireJavaScript(query);
    const plan = await host.planMigration({
      database,
      ansiColors,
      program: await readProgram(host, context),
    });
    return context.json(formatPlan(plan));
  });

  app.put('/v1/database/:database/reset', publisher, findDatabase(host), (context) =>
    publish(host, context, parseDatabaseRef(context.req.param('database')), { clear: true }),
  );

  // Deleting runs no program, so a database's owner may do it where only the host's owner may publish.
  const deleter = host.allowPublish === 'anyone' ? identifyOrMint(host) : requireIdentity(host.auth);
  app.delete('/v1/database/:database', deleter, async (context) => {
    const caller = context.get('credentials');
    const database = resolveDatabase(host, parseDatabaseRef(context.req.param('database')));
    if (database !== undefined) {
      if (!caller.identity.isEqual(host.owner.identity)) requireOwner(caller, database, 'delete database');
      refuseLocked(host, database, 'deleted');
      if (host.delete === undefined) throw notOffered('delete databases');
      await host.delete(database);
    }
    return context.body(null, 200);
  });
}

async function publish(
  host: HostApi,
  context: Context<AppEnv>,
  ref: DatabaseRef | undefined,
  options: { readonly clear?: true } = {},
): Promise<Response> {
  if (host.publish === undefined) throw notOffered('take modules');
  const query = queryOf(context);
  const clear = options.clear ?? queryBoolean(query, 'clear') ?? false;
  if (clear && ref === undefined)
    throw new HttpError(400, 'Clear database requires database name or identity');
  const policy = migrationPolicy(query);
  const confirmationMs = queryDuration(query, 'update_confirmation_timeout') ?? DEFAULT_CONFIRMATION_MS;
  const relations = readRelations(query);
  requireJavaScript(query);
  const caller = context.get('credentials');
  const findOwn = () => {
    const existing = ref && findExisting(host, ref);
    if (existing) requireOwner(caller, existing, clear ? 'reset database' : 'update database');
    if (existing && clear) refuseLocked(host, existing, 'cleared');
    checkRelations(host, relations, existing !== undefined && clear);
    return existing;
  };
  findOwn();
  const program = await readProgram(host, context);
  // Checked again, because someone else may have taken the name while the program was uploaded.
  const existing = findOwn();

  const outcome = await host.publish({
    publisher: caller.identity,
    existing,
    name: ref?.tag === 'name' ? ref.name : undefined,
    identity: ref?.tag === 'identity' ? ref.identity : undefined,
    program,
    clear: clear && existing !== undefined,
    policy,
  });
  switch (outcome.tag) {
    case 'rejected':
      throw new HttpError(400, `Database update rejected: ${outcome.message}`);
    case 'migration_failed':
      throw new HttpError(400, `Failed to create or update the database: ${outcome.message}`);
    case 'name_denied':
      return context.json({ PermissionDenied: { name: outcome.name } }, 401);
    case 'too_many_databases':
      throw new HttpError(403, outcome.message);
    case 'published':
  }
  await confirm(outcome.database, Math.min(confirmationMs, MAX_CONFIRMATION_MS));
  return context.json({
    Success: {
      domain: ref?.tag === 'name' ? ref.name : null,
      database_identity: outcome.database.identity.toHexString(),
      op: existing ? 'updated' : 'created',
    },
  });
}

/** @throws {HttpError} 413 when the program is larger than the limit */
function readProgram({ limits }: HostApi, context: Context): Promise<Uint8Array> {
  const tooLong = `The program is larger than the ${limits.programBytes} bytes that this host takes (limit programBytes)`;
  return readBody(context, { maxBytes: limits.programBytes, tooLong });
}

/** Publishing creates databases, so an unused name is not an error here. */
function findExisting(host: HostApi, ref: DatabaseRef): DatabaseApi | undefined {
  return host.find(ref.tag === 'name' ? ref.name : ref.identity.toHexString());
}

/** @throws {HttpError} 403 when the database is locked */
function refuseLocked({ registry }: HostApi, { identity }: DatabaseApi, doing: 'deleted' | 'cleared'): void {
  if (!registry.isLocked(identity.toHexString())) return;
  const what = doing === 'deleted' ? 'deleted' : 'reset with --delete-data';
  throw new HttpError(403, `Database is locked and cannot be ${what}. Run \`spacetime unlock\` first.`);
}

/**
 * What a database belongs to on SpacetimeDB. A standalone server only checks these parameters, and so does this host.
 */
interface Relations {
  readonly replicas: bigint | undefined;
  readonly parent: DatabaseRef | undefined;
  readonly organization: DatabaseRef | undefined;
}

function readRelations(query: URLSearchParams): Relations {
  const reference = (name: string) => {
    const text = queryText(query, name);
    return text === undefined ? undefined : parseDatabaseRef(text);
  };
  return {
    replicas: queryInteger(query, 'num_replicas', 0xffff_ffff_ffff_ffffn),
    parent: reference('parent'),
    organization: reference('organization') ?? reference('org'),
  };
}

/** @throws {HttpError} 400 @throws {HttpError} 404 for an unknown name */
function checkRelations(host: HostApi, relations: Relations, clears: boolean): void {
  const { replicas, parent, organization } = relations;
  if (clears && parent !== undefined) {
    throw new HttpError(400, 'Setting the parent of an existing database is not supported');
  }
  if (parent !== undefined) resolveIdentity(host, parent);
  if (organization !== undefined) resolveIdentity(host, organization);
  if (replicas !== undefined && replicas > 255n) {
    throw new HttpError(400, `Replication factor ${replicas} out of bounds`);
  }
}

async function confirm(database: DatabaseApi, milliseconds: number): Promise<void> {
  if (await within(milliseconds, database.durable())) return;
  throw new HttpError(504, 'Database update failed: timeout waiting for transaction confirmation');
}

function migrationPolicy(query: URLSearchParams): MigrationPolicy {
  const breaksClients = queryWord(query, 'policy', ['Compatible', 'BreakClients']) === 'BreakClients';
  // If the URL has the caller's own token as `token`, that is not the token of a plan.
  const token = breaksClients ? queryHash(query, 'token') : undefined;
  if (!breaksClients) return { tag: 'compatible' };
  if (token === undefined) {
    throw new HttpError(
      400,
      'Migration policy is set to `BreakClients`, but no migration token was provided.',
    );
  }
  return { tag: 'break_clients', token };
}

/** The server's default is WebAssembly, which this host cannot run. This error is clearer than a parser's. */
function requireJavaScript(query: URLSearchParams): void {
  if (queryWord(query, 'host_type', ['Wasm', 'Js']) === 'Js') return;
  throw new HttpError(400, 'This host runs JavaScript modules only: publish with `host_type=Js`');
}

function formatPlan(plan: MigrationPlan): unknown {
  return plan.tag === 'auto'
    ? {
        AutoMigrate: {
          migrate_plan: plan.plan,
          break_clients: plan.breaksClients,
          token: hashJson(plan.token),
          major_version_upgrade: plan.majorVersionUpgrade,
        },
      }
    : { ManualMigrate: { reason: plan.reason, major_version_upgrade: plan.majorVersionUpgrade } };
}

function notOffered(what: string, status = 501): HttpError {
  return new HttpError(status, `This host does not ${what} over HTTP`);
}
