import type { Hono } from 'hono';
import { databaseNameProblem } from '../database-ref.ts';
import type { HostApi } from '../host-api.ts';
import { HttpError } from '../http-error.ts';
import { findDatabase, identifyOrMint, requireOwner, requirePublisher, type AppEnv } from '../middleware.ts';
import { readUtf8Body } from '../request-body.ts';

/** Routes that name and lock a database (`crates/client-api/src/routes/database.rs`). */
export function addNamesRoutes(app: Hono<AppEnv>, host: HostApi): void {
  const { registry } = host;
  const found = findDatabase(host);

  // On SpacetimeDB anyone may give a database another name; here, only those who may publish.
  app.post('/v1/database/:database/names', requirePublisher(host), found, async (context) => {
    const name = await readUtf8Body(context);
    const problem = databaseNameProblem(name);
    if (problem !== undefined) throw new HttpError(400, problem);
    if (registry.identityOf(name) !== undefined) {
      throw new HttpError(500, `record with the name ${name} already exists`);
    }
    const identity = context.get('database').identity.toHexString();
    const caller = context.get('credentials').identity.toHexString();
    if (!registry.mayName(name, caller)) return context.json({ PermissionDenied: { domain: name } }, 401);
    await registry.addName(name, identity, caller);
    return context.json({ Success: { domain: name, database_identity: identity } });
  });

  app.put('/v1/database/:database/names', identifyOrMint(host), found, async (context) => {
    const names = parseNames(await readUtf8Body(context));
    for (const name of names) {
      const problem = databaseNameProblem(name);
      if (problem !== undefined) throw new HttpError(400, `Error parsing \`${name}\`: ${problem}`);
    }
    const { identity, owner } = context.get('database');
    if (!context.get('credentials').identity.isEqual(owner)) {
      return context.json({ NotYourDatabase: { database: identity.toHexString() } }, 401);
    }
    const taken = names.find((name) => registry.identityOf(name) !== undefined);
    if (taken !== undefined) {
      return context.json({ OtherError: `Cannot rename to ${taken} because it already is in use.` }, 400);
    }
    const denied = [...registry.namesOf(identity.toHexString()), ...names].find(
      (name) => !registry.mayName(name, owner.toHexString()),
    );
    if (denied !== undefined) return context.json({ PermissionDenied: { domain: denied } }, 401);
    await registry.replaceNames(identity.toHexString(), names, owner.toHexString());
    return context.json('Success');
  });

  for (const [path, isLocked] of [
    ['lock', true],
    ['unlock', false],
  ] as const) {
    app.post(`/v1/database/:database/${path}`, identifyOrMint(host), found, async (context) => {
      const database = context.get('database');
      requireOwner(context.get('credentials'), database, 'delete database');
      await registry.setLocked(database.identity.toHexString(), isLocked);
      return context.body(null, 200);
    });
  }
}

/** @throws {HttpError} 400 for anything but a list of strings */
function parseNames(text: string): string[] {
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // Answered like any other JSON.
  }
  throw new HttpError(400, 'The body must be a JSON list of names');
}
