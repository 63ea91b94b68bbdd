import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { violations } from './axe.ts';
import { Embedder, type Embedded } from './embedder.ts';
import { Visitor } from './visitor.ts';
import { browser, context, embedder, script, setStage, site } from './widget-stage.ts';

const folder = new URL('../../build/widget/', import.meta.url);

setStage();

/** The policy that the README gives. */
const strict = (server: string): string =>
  `default-src 'none'; script-src ${server}; connect-src ${server} ${server.replace(/^http/, 'ws')}; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html`;

it('works under a policy that allows its script and its server, and nothing else', async () => {
  const server = new URL(site.url).origin;
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
      console.error(`Content Security Policy: ${effectiveDirective} forbids ${blockedURI} ${sample}`),
    ),
  );
  const host = await embedder.visit(context, `<spacetimedb-chat lang="de"></spacetimedb-chat>${script}`, {
    policy: strict(server),
  });
  await host.chat().getByText('Verbunden').waitFor();
  await host.chat().getByRole('button', { name: 'Überspringen' }).click();
  await host.chat().getByRole('textbox', { name: 'Nachricht' }).fill('streng');
  await host.page.keyboard.press('Enter');
  await host.messagesWith('streng').waitFor();
  await host.chat().getByRole('button', { name: 'Personen' }).click();
  await host.chat().getByRole('listitem').first().waitFor();
  expect(host.complaints).toEqual([]);
});

describe('to those who cannot see it', () => {
  const page = (chat: string): string => `<main><h1>Host</h1>${chat}</main>${script}`;

  it('is sound in its place', async () => {
    const host = await embedder.visit(context, page('<spacetimedb-chat></spacetimedb-chat>'));
    await host.connected();
    await host.write('for axe');
    expect(await violations(host.page)).toEqual([]);
    await host.chat().getByRole('button', { name: 'People' }).click();
    await host.chat().getByRole('listitem').first().waitFor();
    expect(await violations(host.page)).toEqual([]);
  });

  it('is sound as a launcher, closed and open', async () => {
    const host = await embedder.visit(context, page('<spacetimedb-chat mode="launcher"></spacetimedb-chat>'));
    await host.launcher.waitFor();
    expect(await violations(host.page)).toEqual([]);
    await host.launcher.click();
    await host.connected();
    await host.write('for axe');
    expect(await violations(host.page)).toEqual([]);
    await host.page.evaluate(() => document.querySelector('spacetimedb-chat')?.setAttribute('theme', 'dark'));
    // What takes its colour from what is around it follows when that has arrived.
    await host.page.waitForFunction(
      () => document.querySelector('spacetimedb-chat')?.shadowRoot?.getAnimations().length === 0,
    );
    expect(await violations(host.page)).toEqual([]);
  });
});

describe('in an iframe', () => {
  const frame = (origin: string, query = ''): string =>
    `<iframe src="${new URL('embed/', site.url).href}?origin=${encodeURIComponent(origin)}${query}" width="500" height="700"></iframe>
     <script>window.told = []; addEventListener('message', ({ data, origin }) => told.push({ ...data, from: origin }))</script>`;
  const told = (host: Embedded): Promise<Record<string, unknown>[]> =>
    host.page.evaluate(() => (window as unknown as { told: Record<string, unknown>[] }).told);

  it('shows the room, and tells the page around it its size and what is unread', async () => {
    const host = await embedder.visit(context, frame(embedder.origin, '&mode=launcher&eager&heading=Help'));
    const inside = host.page.frameLocator('iframe');
    await inside.getByRole('button', { name: 'Open the chat' }).waitFor();
    const from = new URL(site.url).origin;
    await vi.waitFor(async () =>
      expect(await told(host)).toContainEqual({
        type: 'spacetimedb-chat:size',
        width: 96,
        height: 76,
        opened: false,
        from,
      }),
    );
    const visitor = await Visitor.arrive(browser, site);
    await visitor.connected();
    await visitor.write('anybody there?');
    await vi.waitFor(async () =>
      expect(await told(host)).toContainEqual({ type: 'spacetimedb-chat:unread', count: 1, from }),
    );
    await visitor.leave();
    await host.page.evaluate(() => {
      const { contentWindow, src } = document.querySelector('iframe') as HTMLIFrameElement;
      contentWindow?.postMessage({ type: 'spacetimedb-chat:open' }, new URL(src).origin);
    });
    await inside.getByRole('heading', { name: 'Help' }).waitFor();
    await inside.getByText('anybody there?').waitFor();
    await vi.waitFor(async () =>
      expect(await told(host)).toContainEqual(
        expect.objectContaining({ opened: true, width: 424, height: 664 }),
      ),
    );
  });

  it('tells nothing to a page of another origin than the one that its address names', async () => {
    const other = await Embedder.open();
    const host = await embedder.visit(context, frame(other.origin));
    const inside = host.page.frameLocator('iframe');
    await inside.getByText('Connected', { exact: true }).waitFor();
    await inside.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
    expect(await told(host)).toEqual([]);
    await other.close();
  });
});

describe('the script', () => {
  const LIMIT = 62_000;

  /** What a panel loads: the script, and what it asks for to show messages and people, to ask for a name and to write. */
  it.each([
    ['a panel', ''],
    ['a panel with room for the people', 'style="width: 1100px"'],
  ])(
    `weighs at most ${LIMIT / 1000} kB, compressed, with all that it loads for %s`,
    async (_, attributes) => {
      const loaded = new Set<string>();
      context.on('response', (response) => {
        const { pathname } = new URL(response.url());
        if (pathname.startsWith('/widget/')) loaded.add(pathname.slice('/widget/'.length));
      });
      const host = await embedder.visit(
        context,
        `<spacetimedb-chat ${attributes}></spacetimedb-chat>${script}`,
      );
      await host.connected();
      await host.chat().getByText('Welcome!').waitFor();
      if (attributes !== '')
        await host
          .chat()
          .getByRole('heading', { name: /^Online/ })
          .waitFor();
      await host.write('how much?');
      expect([...loaded]).toContain('spacetimedb-chat.js');
      const sizes = await Promise.all(
        [...loaded].map(async (file) => gzipSync(await readFile(new URL(file, folder)), { level: 9 }).length),
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      expect(total).toBeGreaterThan(40_000);
      expect(total).toBeLessThanOrEqual(LIMIT);
    },
  );

  it('loads nothing from anywhere but where it comes from', async () => {
    const origins = new Set<string>();
    context.on('request', (request) => origins.add(new URL(request.url()).origin));
    const host = await embedder.visit(context, `<spacetimedb-chat></spacetimedb-chat>${script}`);
    await host.connected();
    origins.delete('null');
    expect([...origins].sort()).toEqual([embedder.origin, new URL(site.url).origin].sort());
  });

  it('has the hash that is written beside it, with which a page loads it', async () => {
    const hashes = JSON.parse(await readFile(new URL('integrity.json', folder), 'utf8')) as Record<
      string,
      string
    >;
    for (const [file, hash] of Object.entries(hashes)) {
      const content = await readFile(fileURLToPath(new URL(file, folder)));
      expect(hash, file).toBe(`sha384-${createHash('sha384').update(content).digest('base64')}`);
    }
    const checked = script.replace(
      'src',
      `integrity="${hashes['spacetimedb-chat.js']}" crossorigin="anonymous" src`,
    );
    const host = await embedder.visit(context, `<spacetimedb-chat></spacetimedb-chat>${checked}`);
    await host.connected();
    const wrong = checked.replace('sha384-', 'sha384-0');
    const refused = await embedder.visit(context, `<spacetimedb-chat></spacetimedb-chat>${wrong}`);
    await vi.waitFor(() => expect(refused.complaints.join()).toMatch(/integrity/));
  });
});
