import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHost, type StartedHost } from 'spacetimedb-host';
import { preview } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const build = join(root, 'build');
export const database = process.env.DATABASE || 'quickstart-chat';

/** The built site, with a server behind it. */
export interface Site {
  /** The page's address. */
  readonly url: string;
  /** Where the page may send requests to: itself and its server. */
  readonly origins: readonly string[];
  /** Absent where the server is not ours to stop. */
  readonly outage?: { stop(): Promise<void>; start(): Promise<void> };
  close(): Promise<void>;
}

/**
 * The server at `SPACETIMEDB_URI`, if that is set; else an embedded host of our own, with an empty database on disk.
 */
export function openSite(): Promise<Site> {
  const uri = process.env.SPACETIMEDB_URI;
  return uri ? siteOn(uri) : openOwnSite();
}

/** A site whose server is ours, too. */
export interface OwnSite extends Site {
  readonly outage: NonNullable<Site['outage']>;
  /** What its owner shows to the server. */
  readonly ownerToken: string;
}

/** With an embedded host in any case. @param program a module to run in place of ours, as one bundled file */
export function openOwnSite(program?: string): Promise<OwnSite> {
  return siteOnOwnHost(program === undefined ? { module: join(root, 'spacetimedb') } : { program });
}

/** A site of its own, whose module has a reducer that fills the room; see `web/tools/modules/seeded`. */
export interface SeededSite extends OwnSite {
  /** Writes `count` messages, `apart` milliseconds from each other, the last one `age` milliseconds ago. */
  seed(messages: { count: number; apart: number; age: number }): Promise<void>;
}

export async function openSeededSite(): Promise<SeededSite> {
  return siteOnOwnHost({ module: join(root, 'web', 'tools', 'modules', 'seeded') });
}

async function siteOnOwnHost(source: { module: string } | { program: string }): Promise<SeededSite> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chat-e2e-'));
  const start = (port: number): Promise<StartedHost> =>
    startHost({ ...source, name: database, staticDir: build, siteConfig: { database }, dataDir, port });
  let host = await start(0);
  // A test writes faster than a person may.
  host.call('set_flood_limits', [0, 0, 0, 0, 0, 0, 0]);
  host.call('set_room_limits', [0, 0, 0]);
  const { uri, port, ownerToken } = host;
  return {
    url: uri,
    ownerToken,
    origins: [new URL(uri).origin],
    outage: {
      stop: () => host.stop(),
      start: async () => {
        host = await start(port);
      },
    },
    seed: async ({ count, apart, age }) => {
      await host.call('seed', [count, apart, age]);
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
