import { ConnectionId, Identity } from 'spacetimedb';
import { ModulePanic } from '../abi/module-instance.ts';
import type { AuthenticatedClient } from '../database-api.ts';
import { Datastore } from '../datastore/datastore.ts';
import { Database, type DatabaseParts } from './database.ts';
import type { RuntimeServices } from './module-environment.ts';
import { ModuleRuntime } from './module-runtime.ts';
import { withSchema, type StoredClient, type StoredDatabase } from './storage.ts';

/**
 * Creates a database: loads its program, creates the tables and runs `init`, all or nothing.
 *
 * @param program UTF-8 source of one ES module
 * @throws {ModulePanic} when the program does not load or its `init` fails
 * @throws {ModuleDefError} when its schema is invalid
 */
export async function createDatabase(parts: DatabaseParts, program: Uint8Array): Promise<Database> {
  const link = new RuntimeLink(parts);
  const runtime = await ModuleRuntime.load(program, parts.loader, link.services);
  const meta = withSchema(parts.meta, runtime.rawDef);
  const database = link.connect(new Database({ ...parts, meta }, runtime, new Datastore(runtime.def)));
  const result = database.initialize({ program });
  if (result.tag !== 'ok') {
    runtime.dispose();
    throw new ModulePanic(result.message);
  }
  database.startScheduler();
  return database;
}

/**
 * Opens a stored database with its stored program. Clients of a crashed process are disconnected first.
 *
 * @throws {ModulePanic} when the program no longer loads
 */
export async function openDatabase(parts: DatabaseParts, stored: StoredDatabase): Promise<Database> {
  const link = new RuntimeLink(parts);
  const runtime = await ModuleRuntime.load(stored.program, parts.loader, link.services);
  const database = link.connect(new Database(parts, runtime, new Datastore(runtime.def, stored)));
  database.storeSchema();
  database.disconnectStale(stored.clients.map(toClient));
  database.startScheduler();
  return database;
}

export function toClient(client: StoredClient): AuthenticatedClient {
  return {
    identity: Identity.fromString(client.identity),
    connectionId: ConnectionId.fromString(client.connectionId),
    jwtPayload: client.jwtPayload,
  };
}

/** Connects a program's host calls to its database, which is created only after the program has loaded. */
export class RuntimeLink {
  readonly services: RuntimeServices;
  #database: Database | undefined;

  constructor(parts: DatabaseParts) {
    this.services = {
      limits: parts.limits,
      fetch: parts.fetch,
      databaseIdentity: Identity.fromString(parts.meta.identity),
      clock: parts.clock,
      log: parts.log,
      jwtPayload: (connectionId) => this.#database?.jwtPayloadOf(connectionId) ?? '',
      scheduleImmediate: (reducer, bytes) =>
        queueMicrotask(() => this.#database?.callInternally(reducer, bytes)),
    };
  }

  connect(database: Database): Database {
    this.#database = database;
    return database;
  }
}
