/** The server that the recorded requests are sent to: the one at `SPACETIMEDB_URI`, or the embedded host. */
import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { bundleModule, startHost } from 'spacetimedb-host';
import type { Known } from './normalise.ts';

export interface Person {
  /** Hex. */
  readonly identity: string;
  readonly token: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Headers = Readonly<Record<string, string>>;

export interface ConformanceServer {
  readonly uri: string;
  /** The name of a database of this run. */
  name(name: string): string;
  readonly known: Known;
  send(method: string, path: string, headers?: Headers, body?: string | Buffer): Promise<HttpAnswer>;
  newcomer(): Promise<Person>;
  /** The bundle of one of the modules in `../recorded/modules`. */
  program(module: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the embedded host with publishing open to anyone, as on SpacetimeDB. */
export async function startServer(): Promise<ConformanceServer> {
  const program = bundles();
  const live = process.env['SPACETIMEDB_URI'];
  const host =
    live === undefined
      ? await startHost({ name: 'first', program: await program('base'), allowPublish: 'anyone' })
      : { uri: live, stop: () => Promise.resolve() };
  // A long-running server keeps the databases of earlier runs.
  const suffix = live === undefined ? '' : `-run-${Date.now().toString(36)}`;
  const send = (method: string, at: string, headers?: Headers, body?: string | Buffer) =>
    sendTo(new URL(host.uri), method, at, headers, body);
  return {
    uri: host.uri,
    name: (name) => `${name}${suffix}`,
    known: suffix === '' ? [] : [[suffix, '']],
    send,
    newcomer: async () => JSON.parse((await send('POST', '/v1/identity')).body) as Person,
    program,
    stop: () => host.stop(),
  };
}

function bundles(): (module: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (module) => {
    let program = known.get(module);
    if (program === undefined) {
      program = bundleModule(path.join(import.meta.dirname, '../recorded/modules', module));
      known.set(module, program);
    }
    return program;
  };
}

async function sendTo(
  { hostname, port }: URL,
  method: string,
  at: string,
  headers: Headers = {},
  body?: string | Buffer,
): Promise<HttpAnswer> {
  const sent = request({ hostname, port, method, path: at, headers, agent: false, timeout: 60_000 });
  sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${at}`)));
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** Waits until a condition holds or a time limit ends. It does not throw: the comparison then shows what is missing. */
export async function until(condition: () => boolean | Promise<boolean>, timeout = 5_000): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await condition()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}
