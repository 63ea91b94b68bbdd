/** The production builds of the site and the widget run the official SDK, unchanged. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, resolveConfig } from 'vite';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { startFileServer } from '../tools/pages/file-server.ts';
import { database, openSite } from '../tools/pages/site.ts';
import { openContext } from '../tools/browser/traces.ts';
import { launchBrowser } from '../tools/pages/visitor.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const configs = { site: path('../../vite.config.ts'), widget: path('../widget/vite.config.ts') };

afterEach(() => vi.unstubAllEnvs());

it('the SDK does everything its types promise, in a page without eval', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const folder = await mkdtemp(join(tmpdir(), 'official-sdk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await build({
    configFile: configs.widget,
    logLevel: 'error',
    build: { outDir: folder, rolldownOptions: { input: { sdk: path('../tools/official-sdk/entry.ts') } } },
  });
  const policy = "default-src 'none'; script-src 'self'; connect-src *; base-uri 'none'";
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><meta http-equiv="content-security-policy" content="${policy}"><script type="module" src="sdk.js"></script>`,
  );
  const [files, site, browser] = await Promise.all([
    startFileServer(folder, '/'),
    openSite(),
    launchBrowser(),
  ]);
  onTestFinished(async () => {
    await Promise.all([files.stop(), site.close()]);
  });
  const page = await (await openContext(browser)).newPage();
  const server = new URL(site.url).searchParams.get('uri') ?? site.url;
  await page.goto(`${files.url}?${new URLSearchParams({ uri: server, database })}`);
  await page.waitForFunction(() => 'tried' in globalThis);
  const result = await page.evaluate(
    () => (globalThis as unknown as { tried: Promise<Record<string, unknown>> }).tried,
  );
  expect(result).toMatchObject({
    isMe: true,
    // Before all tables are subscribed, there are only rows that match the condition.
    afterWhere: { messages: 0 },
    name: 'Ada',
    arrived: 'by the official SDK',
    texts: expect.arrayContaining(['by the official SDK']) as unknown,
    refused: expect.stringContaining('empty') as unknown,
  });
});

it.each(Object.entries(configs))('the %s is built with stock plugins only', async (_, configFile) => {
  const { plugins, resolve } = await resolveConfig({ configFile, logLevel: 'error' }, 'build', 'production');
  const stock = /^(?:alias|vite|native|builtin|rolldown|commonjs|@tailwindcss)\b/;
  const ours = plugins.map(({ name }) => name).filter((name) => !stock.test(name));
  // They write files beside the scripts, add a comment to one, and provide data; none changes code.
  const harmless = ['shipped-files', 'compile-hints', 'emoji-data'];
  expect(ours.filter((name) => !harmless.includes(name))).toEqual([]);
  const aliased = resolve.alias.filter(({ find }) =>
    typeof find === 'string' ? find.startsWith('spacetimedb') : find.test('spacetimedb'),
  );
  expect(aliased).toEqual([]);
});

it.each([
  ['site', '../../build/_app/immutable/chunks/'],
  ['widget', '../../build/widget/chunks/'],
])('the built %s contains the SDK', async (_, folder) => {
  const files = (await readdir(path(folder))).filter((name) => name.endsWith('.js'));
  const scripts = await Promise.all(files.map((name) => readFile(join(path(folder), name), 'utf8')));
  expect(scripts.join('\n')).toContain('subscribeToAllTables');
});
