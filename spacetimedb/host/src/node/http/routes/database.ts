import type { Hono } from 'hono';
import type { DatabaseApi } from '../../../engine/database-api.ts';
import { schemaJson } from '../../../engine/schema/schema-json.ts';
import { parseDatabaseRef, resolveIdentity } from '../database-ref.ts';
import type { HostApi } from '../host-api.ts';
import { HttpError } from '../http-error.ts';
import { findDatabase, identifyOrMint, queryOf, type AppEnv } from '../middleware.ts';
import { queryWord, requireParameter } from '../query.ts';
import { hashJson, u256Json } from '../u256-json.ts';

/** Routes that describe a database (`crates/client-api/src/routes/database.rs`). */
export function addDatabaseRoutes(app: Hono<AppEnv>, host: HostApi): void {
  const identified = identifyOrMint(host);
  const found = findDatabase(host);

  app.get('/v1/database/:database', identified, found, (context) =>
    context.json(describe(context.get('database'))),
  );

  app.get('/v1/database/:database/identity', identified, (context) => {
    const identity = resolveIdentity(host, parseDatabaseRef(context.req.param('database')));
    return context.body(identity, 200, { 'content-type': 'text/plain; charset=utf-8' });
  });

  app.get('/v1/database/:database/names', identified, found, (context) =>
    context.json({ names: host.registry.namesOf(context.get('database').identity.toHexString()) }),
  );

  app.get('/v1/database/:database/schema', identified, found, (context) => {
    const version = queryWord(queryOf(context), 'version', ['9', '10']);
    const known = requireParameter(version, 'version') === '9' ? 9 : 10;
    const schema = schemaJson(context.get('database').rawModuleDef, known);
    return context.body(schema, 200, { 'content-type': 'application/json' });
  });

  app.get('/v1/database/:database/unstable/timestamp', identified, found, (context) =>
    context.json({ __timestamp_micros_since_unix_epoch__: Date.now() * 1000 }),
  );

  // Node handles WebSocket upgrades before HTTP routes, so only normal requests get here.
  app.get('/v1/database/:database/subscribe', identified, () => {
    throw new HttpError(426, 'This service requires use of the websocket protocol', {
      connection: 'upgrade',
      upgrade: 'websocket',
    });
  });
}

/** A row of the server's `Database` table as SATS-JSON, in which 256-bit numbers are hex without padding. */
function describe({ identity, owner, programHash, stopped }: DatabaseApi): unknown {
  return {
    database_identity: { __identity__: u256Json(identity.__identity__) },
    owner_identity: { __identity__: u256Json(owner.__identity__) },
    host_type: { Js: [] },
    initial_program: hashJson(programHash),
    // Only while the database is stopped, because the real server has no such field.
    ...(stopped === undefined ? {} : { stopped }),
  };
}
