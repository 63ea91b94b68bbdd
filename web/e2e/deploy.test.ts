/** The proxies of docs/deploy.md, with the configuration from that page, in front of the host. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { startHost, type StartedHost } from 'spacetimedb-host';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedder } from '../tools/pages/embedder.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';
import { findProgram } from '../tools/proxies/find-program.ts';
import { startCaddy, startNginx, type Proxy, type ProxyOptions } from '../tools/proxies/proxy.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const build = join(root, 'build');
const database = 'quickstart-chat';
/** New identities per minute: more than the visitors of the other tests need. */
const IDENTITIES = 30;

const openssl = findProgram('openssl');
/** The certificate is self-made, so nobody else trusts it. */
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });

const setups: [name: string, program: string, start: (options: ProxyOptions) => Promise<Proxy>][] = [
  ['nginx', 'nginx', (options) => startNginx(options, false)],
  ['nginx that serves the files', 'nginx', (options) => startNginx(options, true)],
  ['Caddy', 'caddy', startCaddy],
];

describe.each(setups)('behind %s', (_name, programName, start) => {
  const program = findProgram(programName);
  const missing = [program, openssl].flatMap((found) => ('missing' in found ? [found.missing] : []));
  if (!('path' in program) || !('path' in openssl)) {
    it.skip(`needs a program: ${missing.join('; ')}`, () => undefined);
    return;
  }

  let browser: Browser;
  let host: StartedHost;
  let proxy: Proxy;
  let dataDir: string;
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, proxy.url), { dispatcher, headers });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'chat-deploy-'));
    host = await startHost({
      module: join(root, 'spacetimedb'),
      name: database,
      staticDir: build,
      dataDir,
      trustProxy: 1,
      limits: { identitiesPerMinute: IDENTITIES },
    });
    const options = { program: program.path, openssl: openssl.path, hostPort: host.port, build };
    [browser, proxy] = await Promise.all([launchBrowser(), start(options)]);
  });
  afterAll(async () => {
    await proxy?.close();
    await host?.stop();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });

  it('people chat over TLS and a WebSocket, in the site, in a widget and in a frame', async () => {
    const ada = await Visitor.arrive(browser, { url: proxy.url }, { ignoreHTTPSErrors: true });
    await ada.connected();
    await ada.write('Hello from behind a proxy');
    expect([...ada.origins]).toEqual([proxy.url]);

    const embedder = await Embedder.open();
    const page = await embedder.visit(
      ada.page.context(),
      `<spacetimedb-chat></spacetimedb-chat>
      <iframe width="400" height="600" src="${proxy.url}/embed/"></iframe>
      <script type="module" src="${proxy.url}/widget/spacetimedb-chat.js"></script>`,
    );
    await page.connected();
    await page.messagesWith('Hello from behind a proxy').waitFor();
    await page.write('Hello from another page');
    await ada.messagesWith('Hello from another page').waitFor();
    await page.page
      .frameLocator('iframe')
      .getByRole('article')
      .filter({ hasText: 'Hello from another page' })
      .waitFor();
    await ada.leave();
    await embedder.close();
  });

  it('files are compressed and have the headers that caches, frames and other origins need', async () => {
    const site = await get('/', { 'accept-encoding': 'gzip' });
    expect(site.status).toBe(200);
    expect(await site.text()).toBe(await readFile(join(build, 'index.html'), 'utf8'));
    expect(Object.fromEntries(site.headers)).toMatchObject({
      'content-encoding': 'gzip',
      'content-security-policy': "frame-ancestors 'self'",
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(site.headers.get('cache-control') ?? '').not.toContain('immutable');

    const chunk = (await readdir(join(build, 'widget', 'chunks'))).find((name) => name.endsWith('.js'));
    const immutable = await get(`/widget/chunks/${chunk}`, { 'accept-encoding': 'gzip' });
    expect(Object.fromEntries(immutable.headers)).toMatchObject({
      'content-encoding': 'gzip',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
    });

    for (const path of ['/embed/', '/widget/spacetimedb-chat.js']) {
      const { status, headers } = await get(path);
      expect([path, status, headers.get('content-security-policy')]).toEqual([path, 200, null]);
      expect(headers.get('access-control-allow-origin')).toBe('*');
    }
    // It may be edited, so it must be served as it is on disk now.
    const settings = await get('/config.json', { 'accept-encoding': 'gzip' });
    expect(await settings.text()).toBe(await readFile(join(build, 'config.json'), 'utf8'));
    expect((await get('/nowhere')).status).toBe(404);
  });

  it('answers of the API are compressed, and log lines arrive at once', async () => {
    const schema = await get(`/v1/database/${database}/schema?version=9`, { 'accept-encoding': 'gzip' });
    expect(schema.headers.get('content-encoding')).toBe('gzip');
    expect(await schema.json()).toHaveProperty('tables');

    const log = await get(`/v1/database/${database}/logs?num_lines=1&follow=true`, {
      authorization: `Bearer ${host.ownerToken}`,
    });
    const reader = log.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain('"message"');
    host.call('set_name', ['']);
    const next = await reader?.read();
    expect(new TextDecoder().decode(next?.value)).toContain('Names must not be empty');
    await reader?.cancel();
  });

  it('plain HTTP redirects to HTTPS, which browsers then remember', async () => {
    const site = await get('/v1/ping');
    const isSetByProxy = site.headers.get('strict-transport-security');
    expect(isSetByProxy).toBe('max-age=31536000');
    if (proxy.plainUrl === undefined) return;
    const plain = await fetch(`${proxy.plainUrl}/some/page?x=1`, { redirect: 'manual' });
    expect(plain.status).toBe(301);
    expect(plain.headers.get('location')).toBe('https://localhost/some/page?x=1');
  });

  // Last, because it uses up the limits of this address.
  it('visitors are distinguished by their address, and cannot fake one', async () => {
    // The limit refills meanwhile, but not as fast as one address sends requests.
    for (let n = 0; ; n++) {
      const { status } = await fetch(new URL('/v1/identity', proxy.url), {
        dispatcher,
        method: 'POST',
        headers: { 'x-forwarded-for': `203.0.113.${n % 256}` },
      });
      if (status === 429) break;
      expect(status).toBe(200);
    }
  });
});
