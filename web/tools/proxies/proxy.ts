/** Runs the proxies of docs/deploy.md in front of a host, with other names, ports and folders. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeBlock } from '../../../docs/test/markdown.ts';

const PAGE = 'docs/deploy.md';

export interface Proxy {
  /** Such as `https://localhost:1234`. */
  readonly url: string;
  /** The address that redirects to it; absent if there is no such port. */
  readonly plainUrl?: string;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** The proxy's executable, and that of openssl. */
  readonly program: string;
  readonly openssl: string;
  /** The port of the host behind it. */
  readonly hostPort: number;
  /** The folder of the built site. */
  readonly build: string;
}

/** @param servesFiles whether nginx serves the files itself */
export async function startNginx(options: ProxyOptions, servesFiles: boolean): Promise<Proxy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-nginx-'));
  const { certificate, key } = await makeCertificate(folder, options.openssl);
  const [port, plainPort] = [await freePort(), await freePort()];
  let site = codeBlock(PAGE, 'nginx', 'nginx');
  if (servesFiles) {
    const files = codeBlock(PAGE, 'Files from nginx', 'nginx');
    site = replaced(site, /^ {4}location \/ \{[^]*?^ {4}\}$/m, files.trimEnd());
    site = replaced(site, '/opt/chat/build', options.build);
  }
  site = replaced(site, 'listen 80;', `listen 127.0.0.1:${plainPort};`);
  site = replaced(site, 'listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`);
  site = replaced(site, 'http://127.0.0.1:3000', `http://127.0.0.1:${options.hostPort}`);
  site = replaced(site, '/etc/letsencrypt/live/chat.example.com/fullchain.pem', certificate);
  site = replaced(site, '/etc/letsencrypt/live/chat.example.com/privkey.pem', key);
  await writeFile(path.join(folder, 'chat.conf'), site);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n');
  const main = path.join(folder, 'nginx.conf');
  await writeFile(
    main,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr;
     events {}
     http { include /etc/nginx/mime.types; access_log off; ${temporary} include ${folder}/chat.conf; }`,
  );
  const stop = await run(options.program, ['-c', main, '-p', folder, '-e', 'stderr'], port, {});
  return {
    url: `https://localhost:${port}`,
    plainUrl: `http://localhost:${plainPort}`,
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startCaddy(options: ProxyOptions): Promise<Proxy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-caddy-'));
  const { certificate, key } = await makeCertificate(folder, options.openssl);
  const port = await freePort();
  let site = codeBlock(PAGE, 'Caddy', 'caddy');
  // Without a configured certificate, it would ask Let's Encrypt for one.
  site = replaced(
    site,
    'chat.example.com {',
    `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${certificate} ${key}`,
  );
  site = replaced(site, '127.0.0.1:3000', `127.0.0.1:${options.hostPort}`);
  const file = path.join(folder, 'Caddyfile');
  await writeFile(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
  const environment = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const words = ['run', '--config', file, '--adapter', 'caddyfile'];
  const stop = await run(options.program, words, port, environment);
  return {
    url: `https://localhost:${port}`,
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @throws {Error} if the text lacks an expected part of the page */
function replaced(text: string, what: string | RegExp, by: string): string {
  const changed = typeof what === 'string' ? text.replaceAll(what, by) : text.replace(what, () => by);
  if (changed !== text) return changed;
  throw new Error(`${PAGE} no longer has ${String(what)}`);
}

async function makeCertificate(folder: string, openssl: string) {
  await mkdir(folder, { recursive: true });
  const [certificate, key] = [path.join(folder, 'certificate.pem'), path.join(folder, 'key.pem')];
  const { status, stderr } = spawnSync(openssl, [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', key, '-out', certificate],
  ]);
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr.toString()}`);
  return { certificate, key };
}

/** A port that was free a moment ago: proxies cannot say which one they took. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts a program and waits until it listens.
 *
 * @returns a function that ends it
 * @throws {Error} with its output if it ends early
 */
async function run(
  program: string,
  args: readonly string[],
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = once(child, 'close');
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${said}`);
    const answers = await fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      (error: { cause?: NodeJS.ErrnoException }) => error.cause?.code !== 'ECONNREFUSED',
    );
    if (answers) break;
    await sleep(50);
  }
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}
