import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleModule, startHost, type StartedHost } from 'spacetimedb-host';
import { preview } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const build = join(root, 'build');
export const database = process.env.DATABASE || 'quickstart-chat';

/** The built site with a server. */
export interface Site {
  readonly url: string;
  /** Origins that the page may send requests to: its own and its server's. */
  readonly origins: readonly string[];
  /** Absent if the server is not ours to stop. */
  readonly outage?: { stop(): Promise<void>; start(): Promise<void> };
  close(): Promise<void>;
}

/** Opens the site on the server at `SPACETIMEDB_URI`, or else on an embedded host without data. */
export function openSite(): Promise<Site> {
  const uri = process.env.SPACETIMEDB_URI;
  return uri ? siteOn(uri) : openOwnSite();
}

/** A site on an embedded host. */
export interface OwnSite extends Site {
  readonly outage: NonNullable<Site['outage']>;
  readonly ownerToken: string;
  /** Creates a one-time code for the owner. */
  signInCode(): string;
  /** Publishes the same module as another database, as `spacetimedb-host publish` does. */
  publish(database: string): Promise<void>;
}

/**
 * Opens the site on an embedded host.
 *
 * @param program a bundled module to run instead of ours
 * @param config entries of the site's `config.json` besides the database
 */
export function openOwnSite(program?: string, config: object = {}): Promise<OwnSite> {
  return siteOnOwnHost(program === undefined ? { module: join(root, 'spacetimedb') } : { program }, config);
}

/** A site whose module can fill the room; see `web/tools/modules/seeded`. */
export interface SeededSite extends OwnSite {
  /** Writes `count` messages, `apart` milliseconds apart, the last one `age` milliseconds ago. */
  seed(messages: { count: number; apart: number; age: number }): Promise<void>;
}

/** @param config entries of the site's `config.json` besides the database */
export async function openSeededSite(config: object = {}): Promise<SeededSite> {
  return siteOnOwnHost({ module: join(root, 'web', 'tools', 'modules', 'seeded') }, config);
}

async function siteOnOwnHost(
  source: { module: string } | { program: string },
  config: object = {},
): Promise<SeededSite> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chat-e2e-'));
  const start = (port: number): Promise<StartedHost> =>
    startHost({
      ...source,
      name: database,
      staticDir: build,
      siteConfig: { database, ...config },
      dataDir,
      port,
    });
  let host = await start(0);
  // Tests write faster than people may.
  host.call('set_flood_limits', [0, 0, 0, 0, 0, 0, 0]);
  host.call('set_room_limits', [0, 0, 0]);
  const { uri, port, ownerToken } = host;
  return {
    url: uri,
    ownerToken,
    signInCode: () => host.signInCode(),
    origins: [new URL(uri).origin],
    outage: {
      stop: () => host.stop(),
      start: async () => {
        host = await start(port);
      },
    },
    publish: async (name) => {
      const program = 'program' in source ? source.program : await bundleModule(source.module);
      const response = await fetch(new URL(`/v1/database/${name}?host_type=Js`, uri), {
        method: 'PUT',
        headers: { Authorization: `Bearer ${ownerToken}` },
        body: program,
      });
      if (!response.ok) throw new Error(await response.text());
    },
    seed: async ({ count, apart, age }) => {
      // The host stops calls that take long, as they may on a busy machine.
      for (let first = 0; first < count; first += 5_000) {
        const part = Math.min(5_000, count - first);
        const response = await fetch(new URL(`/v1/database/${database}/call/seed`, uri), {
          method: 'POST',
          headers: { Authorization: `Bearer ${ownerToken}`, 'Content-Type': 'application/json' },
          body: JSON.stringify([first, part, apart, age + apart * (count - first - part)]),
        });
        if (!response.ok) throw new Error(await response.text());
      }
    },
    close: async () => {
      await host.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function siteOn(uri: string): Promise<Site> {
  const server = await preview({
    configFile: false,
    root,
    logLevel: 'error',
    build: { outDir: build },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const page = new URL(server.resolvedUrls?.local[0] ?? '');
  page.searchParams.set('uri', uri);
  page.searchParams.set('database', database);
  return {
    url: page.href,
    origins: [page.origin, new URL(uri).origin],
    close: () => server.close(),
  };
}
