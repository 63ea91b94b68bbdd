import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { startHost, type StartedHost } from 'spacetimedb-host';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { startFileServer, type FileServer } from '../tools/pages/file-server.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const database = process.env.DATABASE || 'quickstart-chat';

let browser: Browser;
let host: StartedHost | undefined;
/** A copy of the built site, as uploaded to a file server. */
let folder: string;
let files: FileServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-hosting-'));
  await cp(join(root, 'build'), folder, { recursive: true });
  if (!process.env.SPACETIMEDB_URI)
    host = await startHost({ module: join(root, 'spacetimedb'), name: database, staticDir: folder });
  const uri = process.env.SPACETIMEDB_URI ?? host?.uri;
  await writeFile(join(folder, 'config.json'), JSON.stringify({ uri, database }));
  [browser, files] = await Promise.all([launchBrowser(), startFileServer(folder, '/some/path/')]);
});

afterAll(async () => {
  await Promise.all([files?.stop(), host?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const arrive = (): Promise<Visitor> =>
  Visitor.arrive(browser, { url: files.url }, { serviceWorkers: 'allow' });

async function change(file: string, edit: (content: string) => string): Promise<void> {
  const content = await readFile(join(folder, file), 'utf8');
  const edited = edit(content);
  expect(edited).not.toBe(content);
  await writeFile(join(folder, file), edited);
}

it('under any path of a plain file server, the site works, can be installed, and keeps to its policy', async () => {
  const visitor = await arrive();
  await visitor.connected();
  await visitor.write('Hello from some path');
  const answers = await visitor.page.evaluate(async () => {
    const manifestUrl = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')?.href ?? '';
    const response = await fetch(manifestUrl);
    const manifest = (await response.json()) as { start_url: string; icons: { src: string }[] };
    const urls = [manifest.start_url, ...manifest.icons.map(({ src }) => src)].map(
      (url) => new URL(url, manifestUrl).href,
    );
    const preview = document.querySelector<HTMLMetaElement>('meta[property="og:image"]')?.content ?? '';
    urls.push(new URL(preview, location.href).href);
    return Promise.all(urls.map(async (url) => [url, (await fetch(url)).status] as const));
  });
  expect(answers[0]).toEqual([files.url, 200]);
  expect(answers.length).toBeGreaterThan(4);
  expect(answers.filter(([, status]) => status !== 200)).toEqual([]);
  expect(files.missing).toEqual([]);
  expect(visitor.complaints).toEqual([]);

  // The page's policy forbids inline scripts and code from strings.
  const policy = await visitor.page
    .locator('meta[http-equiv="content-security-policy"]')
    .getAttribute('content');
  expect(policy).toMatch(/default-src 'none';.* script-src 'self'(?: 'sha256-[^' ]+')+;/);
  // Runs in a separate task, because browsers allow evaluated test code to create code.
  const makesCode = (): Promise<string> =>
    new Promise((resolve) =>
      setTimeout(() => {
        try {
          resolve(String(new Function('return "made"')()));
        } catch (error) {
          resolve((error as Error).name);
        }
      }),
    );
  expect(await visitor.page.evaluate(makesCode)).toBe('EvalError');
  await vi.waitFor(() => expect(visitor.complaints.join()).toContain('Content Security Policy'));
  await visitor.leave();
});

it.skipIf(process.env.SPACETIMEDB_URI)(
  'the host sends compressed files, except for config.json, which is meant to be edited',
  async () => {
    const encodingOf = async (path: string): Promise<string | null> => {
      const response = await fetch(new URL(path, host?.uri), { headers: { 'accept-encoding': 'br' } });
      expect(response.status).toBe(200);
      return response.headers.get('content-encoding');
    };
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    const script = /_app\/immutable\/entry\/[^"]+\.js/.exec(html)?.[0] ?? '';
    expect(await encodingOf('/')).toBe('br');
    expect(await encodingOf(script)).toBe('br');
    expect(await encodingOf('/config.json')).toBeNull();
  },
);

it('the site opens offline and shows a new build and new settings as soon as it is online', async () => {
  const config = await readFile(join(folder, 'config.json'));
  onTestFinished(async () => {
    await writeFile(join(folder, 'config.json'), config);
    await files.start();
  });
  // A name that earlier tries have not used.
  const next = String(Date.now());
  const visitor = await arrive();
  const { page } = visitor;
  const kept = (): Promise<string[]> => page.evaluate(() => caches.keys());
  const build = page.locator('meta[name="build"]');
  await visitor.connected();
  await page.evaluate(() => navigator.serviceWorker.ready);
  const [first] = await kept();

  await files.stop();
  await visitor.reload();
  // config.json was cached, so the page still finds its server. No response of the server was cached.
  await visitor.connected();
  const keptPaths = await page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
    }
    return urls;
  });
  expect(keptPaths).toContain('/some/path/');
  expect(keptPaths.filter((path) => path.includes('/v1/'))).toEqual([]);

  await change('service-worker.js', (content) => content.replace(/`\d{13}`/, `\`${next}\``));
  await change('index.html', (content) =>
    content.replace(
      /<head>(?:<meta name="build" content="\d+">)?/,
      `<head><meta name="build" content="${next}">`,
    ),
  );
  await files.start();
  await visitor.reload();
  expect(await build.getAttribute('content')).toBe(next);
  await visitor.connected();

  // The browser finds the new worker, which waits until the next visit.
  const waits = (): Promise<boolean> =>
    page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null);
  await vi.waitFor(async () => expect(await waits()).toBe(true), 60_000);
  expect(await kept()).toContain(first);
  // While a page loads, the browser may still count the one before it as open; then the new worker waits once more.
  await vi.waitFor(async () => {
    await visitor.reload();
    await visitor.connected();
    const names = await kept();
    expect(names).toHaveLength(1);
    expect(names).not.toContain(first);
  }, 60_000);

  await change('config.json', (content) => content.replace(database, 'no-such-room'));
  await visitor.reload();
  await visitor.state.filter({ hasText: 'No such database' }).waitFor();
  await change('config.json', (content) => content.replace('no-such-room', database));
  await visitor.reload();
  await visitor.connected();

  await files.stop();
  await visitor.reload();
  expect(await build.getAttribute('content')).toBe(next);
  await visitor.connected();
  await files.start();
  await visitor.leave();
});
