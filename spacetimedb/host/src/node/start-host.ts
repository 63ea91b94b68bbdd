import type { Identity } from 'spacetimedb';
import type { LogRecord, ReducerOutcome } from '../engine/database-api.ts';
import type { HostLimits } from '../engine/limits.ts';
import type { TrustProxy } from './http/client-address.ts';
import type { AllowPublish } from './http/host-api.ts';
import { createApp } from './http/app.ts';
import { listen, type RunningServer } from './http/server.ts';
import { createStaticHandler } from './http/static.ts';
import { Host } from './host.ts';
import { makeUser, type HostUser, type UserOptions } from './host-user.ts';
import { bundleModule } from './module/bundle.ts';
import { callProcedure, type ProcedureResult } from './procedure-result.ts';
import { toArguments, type ReducerArguments } from './reducer-arguments.ts';
import { runSql, type RunSql } from './typed-sql.ts';
import { SubscribeServer } from './websocket/websocket-server.ts';
import type { TimeSource } from '../engine/database/time-source.ts';
import { Database } from '../engine/database/database.ts';
import type { DatabaseSnapshot } from '../engine/database/database-snapshot.ts';
import { StorageError } from './storage/storage-error.ts';

export interface StartHostOptions {
  /** The module's folder, which contains `src/index.ts`. It is bundled and published under `name`. */
  readonly module?: string;
  /** The bundled module as one ES module, instead of `module`. */
  readonly program?: string;
  /** Name of the database. */
  readonly name: string;
  /** 0, the default, for a free port. */
  readonly port?: number;
  /** The address to listen on; `localhost` by default. */
  readonly hostname?: string;
  /** The data folder; in memory by default. */
  readonly dataDir?: string;
  /** A folder of static files to serve at `/`. */
  readonly staticDir?: string;
  /**
   * The content of the static site's `/config.json`, such as `{ database: 'chat' }`; the folder's own file by
   * default.
   */
  readonly siteConfig?: object;
  /** The clock of timestamps and scheduled reducers; the machine's by default. */
  readonly time?: TimeSource;
  /** Limits that differ from the defaults; `Infinity` removes one. */
  readonly limits?: Partial<HostLimits>;
  /**
   * Who may publish programs over HTTP. `owner`, the default: only requests with the host's owner token. `anyone`, as
   * on SpacetimeDB: everyone who can reach the port may run programs on this machine. Only for tests.
   */
  readonly allowPublish?: AllowPublish;
  /**
   * The number of proxies in front that set `X-Forwarded-For`, or the name of a header with the client's address.
   * Limits per address use it. Without it they use the connection, and this machine's own addresses are not limited.
   */
  readonly trustProxy?: TrustProxy;
  /**
   * The hosts that procedures and HTTP handlers may send requests to with `ctx.http`, each as `HOST` (its ports 80 and
   * 443) or `HOST:PORT`; `*` means every host with public addresses. None by default. An address that is not public,
   * such as 127.0.0.1, is allowed only if it is listed itself.
   */
  readonly allowHttp?: readonly string[];
  /**
   * The pages that may frame the site, such as `self https://example.com`; its own by default. Any page may frame
   * `/embed`.
   */
  readonly frameAncestors?: string;
  /** Called with a line about each problem that does not prevent the start; `console.error` by default. */
  readonly warn?: (line: string) => void;
}

/**
 * A running host. The methods act on the database `name`, as its owner; they throw a {@link StorageError} when it was
 * deleted.
 */
export interface StartedHost {
  /** The URI for clients, such as `http://localhost:3000`. */
  readonly uri: string;
  readonly port: number;
  /** The database's identity, hex. */
  readonly identity: string;
  /** A token of the database's owner. */
  readonly ownerToken: string;
  /**
   * Creates a code that exchanges for the owner's token once, by `POST /v1/identity/sign-in-code`. It ends with the
   * host. The chat's page exchanges the code of an address `/#sign-in=CODE`.
   */
  signInCode(): string;
  /** Calls a reducer, without a connection. @param args in SATS-JSON, by position or by name; bigints are allowed */
  call(reducer: string, args?: ReducerArguments): ReducerOutcome;
  /** Calls a procedure, without a connection. @param args in SATS-JSON, by position or by name; bigints are allowed */
  callProcedure(procedure: string, args?: ReducerArguments): Promise<ProcedureResult>;
  /** Runs one SQL statement, or a query made with generated bindings. @throws {SqlError} */
  readonly sql: RunSql;
  /**
   * Another person.
   *
   * @param who a name, which always means the same identity; or an identity, as an object or in hex
   */
  as(who: string | Identity, options?: UserOptions): HostUser;
  /** Saves the rows, the auto-increment columns and the end of the log. */
  snapshot(): DatabaseSnapshot;
  /**
   * Restores a snapshot, any number of times. Subscribed clients and schedules see one transaction. The time, the
   * connected clients and the variables of the module stay as they are.
   *
   * @throws {Error} when the module was published again after the snapshot was made
   */
  restore(snapshot: DatabaseSnapshot): void;
  /** The newest log records, oldest first. */
  logs(count?: number): readonly LogRecord[];
  /**
   * Publishes the module again from its current sources.
   * @throws like `startHost`; the previous module keeps running then
   */
  republish(): Promise<void>;
  /**
   * Disconnects the clients and stops when everything is on disk. @throws {StorageError} when something cannot be
   * written
   */
  stop(): Promise<void>;
}

/**
 * Starts a host with one module in this process.
 *
 * @throws {BundleError} the module's sources do not bundle
 * @throws {ModulePanic} the module does not load, or its `init` fails
 * @throws {ModuleDefError} its schema is invalid or uses an unsupported feature
 * @throws {MigrationRejectedError} the stored data cannot be migrated to its schema
 * @throws {StorageError} the data folder cannot be used @throws {SigningKeyError} the keys in it cannot be used
 * @throws {PortInUseError} the port is taken
 * @throws {RangeError} `trustProxy`, `allowHttp` or `frameAncestors` is invalid
 */
export async function startHost(options: StartHostOptions): Promise<StartedHost> {
  const loadProgram = async () => new TextEncoder().encode(await programText(options));
  const program = await loadProgram();
  const host = await Host.open(options);
  let server: RunningServer;
  let database: Database;
  try {
    database = await host.ensure(options.name, program);
    const { warn = console.error } = options;
    for (const { identity, reason } of host.stopped()) {
      const [name = identity.toHexString()] = host.registry.namesOf(identity.toHexString());
      warn(`the database ${name} did not start: ${reason.replace(/\s*\n\s*/g, '; ')}`);
    }
    server = await listen(createApp(host), {
      port: options.port ?? 0,
      onUpgrade: new SubscribeServer(host).upgrade,
      ...(options.hostname === undefined ? {} : { hostname: options.hostname }),
      ...(options.staticDir === undefined ? {} : { files: createStaticHandler(options.staticDir, options) }),
    });
  } catch (error) {
    await host.close();
    throw error;
  }
  const owner = { identity: host.owner.identity, connectionId: null };
  let stopped: Promise<void> | undefined;
  // Publishing over HTTP may replace the database, or delete it. After `stop`, the last one can still be read.
  const current = (): Database => {
    const found = stopped ? database : host.find(options.name);
    if (found instanceof Database) return (database = found);
    throw new StorageError(
      found ? `the database ${options.name} has stopped` : `there is no database ${options.name} any more`,
    );
  };
  return {
    uri: server.url,
    port: server.port,
    identity: database.identity.toHexString(),
    ownerToken: host.owner.token,
    signInCode: () => host.signInCodes.issue(host.owner.token),
    call: (reducer, args = []) => current().callReducer(owner, reducer, toArguments(args)),
    callProcedure: (procedure, args) => callProcedure(current(), owner, procedure, args),
    sql: runSql(
      (statement) => current().sql(owner, statement),
      () => current().moduleDef.typespace,
    ),
    as: (who, user) => makeUser(host.auth, current, who, user),
    snapshot: () => current().snapshot(),
    restore: (snapshot) => current().restore(snapshot),
    logs: (count) => current().logs.tail(count),
    republish: async () => {
      await host.ensure(options.name, await loadProgram());
    },
    stop: () => {
      if (stopped) return stopped;
      const found = host.find(options.name);
      if (found instanceof Database) database = found;
      return (stopped = host.close().finally(() => server.close()));
    },
  };
}

function programText({ module, program }: StartHostOptions): string | Promise<string> {
  if (program !== undefined) return program;
  if (module === undefined) throw new TypeError('startHost needs a module folder or a program');
  return bundleModule(module);
}
