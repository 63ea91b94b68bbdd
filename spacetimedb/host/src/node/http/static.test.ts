import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { request as rawRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStaticHandler } from './static.ts';
import { sendWithoutEnd } from './testing/send-without-end.ts';
import { startTestServer, type TestServer } from './testing/start-test-server.ts';

let parent: string;
let folder: string;
let server: TestServer;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'host-static-'));
  folder = join(parent, 'build');
  await put('../secret.txt', 'secret');
  await put('../build-secret/secret.txt', 'secret');
  await put('index.html', '<h1>chat</h1>');
  await put('about.html', 'about');
  await put('.env', 'secret');
  await put('_app/immutable/entry.abc.js', 'export {}');
  await put('widget/spacetimedb-chat.js', 'widget');
  await put('widget/chunks/widget-abc.js', 'chunk');
  server = await startTestServer({}, { files: createStaticHandler(folder) });
});
afterEach(() => rm(parent, { recursive: true, force: true }));

async function put(path: string, content: string | Uint8Array) {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
}

/** The status for a path that is sent unchanged, because `fetch` would normalise it. */
function statusOf(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    rawRequest({ port: server.port, host: '127.0.0.1', path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

describe('static site', () => {
  it('prerendered pages are served with and without a query', async () => {
    for (const path of ['/', '/?host=x', '/index.html']) {
      const response = await server.request(path);
      expect([response.status, await response.text()]).toEqual([200, '<h1>chat</h1>']);
      expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
    expect(await (await server.request('/about')).text()).toBe('about');
  });

  it('given settings replace the config.json in the folder', async () => {
    await put('config.json', '{"database":"from-the-folder"}');
    const siteConfig = { database: 'from-memory' };
    const other = await startTestServer({}, { files: createStaticHandler(folder, { siteConfig }) });
    expect(await (await server.request('/config.json')).json()).toEqual({ database: 'from-the-folder' });
    const response = await other.request('/config.json?now');
    expect(await response.json()).toEqual(siteConfig);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await (await other.request('/config.json', { method: 'HEAD' })).text()).toBe('');
  });

  it('hashed files are cached forever, and any page may load the widget', async () => {
    for (const path of ['/_app/immutable/entry.abc.js', '/widget/chunks/widget-abc.js']) {
      const hashed = await server.request(path);
      expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
    const widget = await server.request('/widget/spacetimedb-chat.js');
    expect(widget.headers.get('access-control-allow-origin')).toBe('*');
    expect(widget.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(widget.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it("only the site's own pages may frame it, except for what is made for other pages", async () => {
    await put('embed/index.html', 'embed');
    await put('embedded.html', 'not the embed page');
    for (const path of ['/', '/about', '/index.html', '/embedded', '/_app/immutable/entry.abc.js']) {
      const { headers } = await server.request(path);
      expect([path, headers.get('content-security-policy'), headers.get('x-frame-options')]).toEqual([
        path,
        "frame-ancestors 'self'",
        'SAMEORIGIN',
      ]);
    }
    for (const path of ['/embed/', '/embed', '/embed/index.html', '/widget/spacetimedb-chat.js']) {
      const { status, headers } = await server.request(path);
      expect([path, status, headers.get('content-security-policy'), headers.get('x-frame-options')]).toEqual([
        path,
        200,
        null,
        null,
      ]);
    }
  });

  it.each([
    ['https://example.com self', "frame-ancestors https://example.com 'self'", null],
    ["'self' https://*.example.com:8443", "frame-ancestors 'self' https://*.example.com:8443", null],
    ['*', 'frame-ancestors *', null],
    ['none', "frame-ancestors 'none'", 'DENY'],
  ])('%j may be set as the pages that may frame the site', async (frameAncestors, policy, option) => {
    const open = await startTestServer({}, { files: createStaticHandler(folder, { frameAncestors }) });
    const { headers } = await open.request('/');
    expect([headers.get('content-security-policy'), headers.get('x-frame-options')]).toEqual([
      policy,
      option,
    ]);
  });

  it.each([
    '',
    ' ',
    'self; script-src *',
    'https://a.example, https://b.example',
    "'self",
    'a\0',
    "'unsafe-inline'",
  ])('%j is refused as the pages that may frame the site', (frameAncestors) => {
    expect(() => createStaticHandler(folder, { frameAncestors })).toThrow(
      /does not say who may frame the site/,
    );
  });

  it('an endless request body is cut off', async () => {
    expect(await sendWithoutEnd(server.port, 'POST', '/')).toMatchObject({ status: 405 });
  });

  it('HEAD, ETags and ranges work', async () => {
    const head = await server.request('/about', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', '']);
    const etag = head.headers.get('etag') ?? '';
    expect((await server.request('/about', { headers: { 'if-none-match': etag } })).status).toBe(304);
    const part = await server.request('/about', { headers: { range: 'bytes=1-2' } });
    expect([part.status, await part.text()]).toEqual([206, 'bo']);
    expect((await server.request('/about', { headers: { range: 'bytes=99-' } })).status).toBe(416);
  });

  it('clients that accept compression get the precompressed file', async () => {
    await put('about.html.gz', gzipSync('about, smaller'));
    const gzip = await server.request('/about', { headers: { 'accept-encoding': 'gzip' } });
    expect(gzip.headers.get('content-encoding')).toBe('gzip');
    expect(gzip.headers.get('vary')).toBe('Accept-Encoding');
    expect(await gzip.text()).toBe('about, smaller');
    const plain = await server.request('/about', { headers: { 'accept-encoding': 'identity' } });
    expect(await plain.text()).toBe('about');
  });

  it('missing files are a plain 404 without a page', async () => {
    for (const path of ['/nope', '/about/nope', '/widget', '/v1x']) {
      const response = await server.request(path);
      expect([response.status, await response.text()]).toEqual([404, 'Not found\n']);
    }
    expect((await server.request('/', { method: 'POST' })).status).toBe(405);
  });

  it('/v1 is left to the API', async () => {
    await put('v1/ping.html', 'site');
    expect(await (await server.request('/v1/ping')).text()).toBe('');
    expect((await server.request('/v1/about')).status).toBe(404);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/about/../../secret.txt',
    '/../build-secret/secret.txt',
    '/..\\secret.txt',
    '/%5c..%5csecret.txt',
    '//../secret.txt',
    '/.env',
    '/%2eenv',
    '/_app/../.env',
    '/%00',
    '/%ff',
  ])('%s is not served', async (path) => {
    expect(await statusOf(path)).toBe(404);
  });

  it('invalid ranges and files that disappear or cannot be read are survived', async () => {
    await server.request('/about', { headers: { range: 'bytes=3-1' } }).catch(() => {});
    await symlink(join(parent, 'gone'), join(folder, 'dangling.txt'));
    expect((await server.request('/dangling.txt')).status).toBe(404);
    const racing = Array.from({ length: 20 }, () => server.request('/about').catch(() => undefined));
    await unlink(join(folder, 'about.html'));
    await Promise.all(racing);
    expect((await server.request('/')).status).toBe(200);
  });

  it('a new build is visible at once, and without a build everything is 404', async () => {
    await put('index.html', 'new build');
    expect(await (await server.request('/')).text()).toBe('new build');
    await rm(folder, { recursive: true });
    expect((await server.request('/')).status).toBe(404);
  });
});
