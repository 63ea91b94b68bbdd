import type { CallArguments, LogRecord, ReducerOutcome, SqlResult } from '../engine/database-api.ts';
import type { HostLimits } from '../engine/limits.ts';
import type { TrustProxy } from './http/client-address.ts';
import type { AllowPublish } from './http/host-api.ts';
import { createApp } from './http/app.ts';
import { listen, type RunningServer } from './http/server.ts';
import { createStaticHandler } from './http/static.ts';
import { Host } from './host.ts';
import { bundleModule } from './module/bundle.ts';
import { SubscribeServer } from './websocket/websocket-server.ts';
import type { TimeSource } from '../engine/database/time-source.ts';
import type { Database } from '../engine/database/database.ts';

export interface StartHostOptions {
  /** The module's folder (the one with `src/index.ts` in it), to be bundled and published under `name`. */
  readonly module?: string;
  /** Instead of `module`: the module as one ES module, bundled already. */
  readonly program?: string;
  /** Name of the database. */
  readonly name: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Where to listen; `localhost` when absent. */
  readonly hostname?: string;
  /** Where to keep the data; in memory only when absent. */
  readonly dataDir?: string;
  /** A folder of static files to serve at `/`. */
  readonly staticDir?: string;
  /** What the static site's `/config.json` says, such as `{ database: 'chat' }`; the folder's own file when absent. */
  readonly siteConfig?: object;
  /** What timestamps and scheduled reducers go by; the machine's time when absent. */
  readonly time?: TimeSource;
  /** Limits that differ from the defaults; `Infinity` removes one. */
  readonly limits?: Partial<HostLimits>;
  /**
   * Who may publish programs over HTTP. `owner`, the default: who sends the host's owner token. `anyone`, as on SpacetimeDB:
   * everybody who reaches the port may run programs on this machine; for tests only.
   */
  readonly allowPublish?: AllowPublish;
  /**
   * How many proxies stand in front and set `X-Forwarded-For`, or the name of a header with the client's address. Limits
   * per address go by it. When absent, they go by the connection, and this machine's own addresses are not limited.
   */
  readonly trustProxy?: TrustProxy;
  /** Which pages may frame the site, such as `self https://example.com`; its own when absent. `/embed` is free for all. */
  readonly frameAncestors?: string;
  /** Is given a line about what went wrong without keeping the host from starting; `console.error` when absent. */
  readonly warn?: (line: string) => void;
}

/** A host that runs. The methods act on the database `name`, as its owner. */
export interface StartedHost {
  /** What clients connect to, such as `http://localhost:3000`. */
  readonly uri: string;
  readonly port: number;
  /** The database's identity, hex. */
  readonly identity: string;
  /** A token of the database's owner. */
  readonly ownerToken: string;
  /** Calls a reducer. @param args in SATS-JSON, by position or by name */
  call(reducer: string, args?: readonly unknown[] | Readonly<Record<string, unknown>>): ReducerOutcome;
  /** Runs one SQL statement. @throws {SqlError} */
  sql(statement: string): SqlResult;
  /** The newest log records, oldest first. */
  logs(count?: number): readonly LogRecord[];
  /**
   * Publishes the module again, from its sources as they are now.
   * @throws as `startHost`; the module that was there goes on running then
   */
  republish(): Promise<void>;
  /** Sends the clients away, and stops when everything is on disk. @throws {StorageError} when some of it cannot be */
  stop(): Promise<void>;
}

/**
 * Starts a host in this process, with one module.
 *
 * @throws {BundleError} the module's sources do not bundle
 * @throws {ModulePanic} the module does not load, or its `init` fails
 * @throws {ModuleDefError} its schema is not valid, or needs what this host does not have
 * @throws {MigrationRejectedError} the data that is stored cannot get its schema
 * @throws {StorageError} the data folder cannot be used @throws {SigningKeyError} nor the keys in it
 * @throws {PortInUseError} the port is taken
 * @throws {RangeError} `trustProxy` or `frameAncestors` makes no sense
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
  return {
    uri: server.url,
    port: server.port,
    identity: database.identity.toHexString(),
    ownerToken: host.owner.token,
    call: (reducer, args = []) => database.callReducer(owner, reducer, toArguments(args)),
    sql: (statement) => database.sql(owner, statement),
    logs: (count) => database.logs.tail(count),
    republish: async () => {
      database = await host.ensure(options.name, await loadProgram());
    },
    stop: () => {
      stopped ??= host.close().finally(() => server.close());
      return stopped;
    },
  };
}

function programText({ module, program }: StartHostOptions): string | Promise<string> {
  if (program !== undefined) return program;
  if (module === undefined) throw new TypeError('startHost needs a module folder or a program');
  return bundleModule(module);
}

/** JSON has no bigint; SATS-JSON takes whole numbers of any size as numbers. */
function toArguments(args: unknown): CallArguments {
  const text = JSON.stringify(args, (_key, value: unknown) =>
    typeof value === 'bigint' ? RAW_NUMBER + String(value) : value,
  );
  return { format: 'json', text: text.replace(new RegExp(`"${RAW_NUMBER}(-?\\d+)"`, 'g'), '$1') };
}

/** Marks a bigint inside JSON text: no string that a caller writes begins like this by chance. */
const RAW_NUMBER = '\uE000bigint:';
