import type { Locator } from 'playwright-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { violations } from '../tools/checks/axe.ts';
import { Embedder, type Embedded } from '../tools/pages/embedder.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { context, embedder, script, setUpWidgets, site, visit } from '../tools/pages/widget-setup.ts';

setUpWidgets();

/** The policy from the README. */
const strict = (server: string): string =>
  `default-src 'none'; script-src ${server}; connect-src ${server} ${server.replace(/^http/, 'ws')}; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html`;

it('the widget works under a policy that allows only its script and its server', async () => {
  const server = new URL(site.url).origin;
  const reporting = await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
      console.error(`Content Security Policy: ${effectiveDirective} forbids ${blockedURI} ${sample}`),
    ),
  );
  onTestFinished(() => reporting.dispose());
  const host = await visit(`<spacetimedb-chat lang="de"></spacetimedb-chat>${script}`, {
    policy: strict(server),
  });
  await host.chat().getByText('Verbunden').waitFor();
  await host.chat().getByRole('button', { name: 'Anonym bleiben' }).click();
  await host.chat().getByRole('textbox', { name: 'Nachricht' }).fill('streng');
  await host.page.keyboard.press('Enter');
  await host.messagesWith('streng').last().waitFor();
  await host.chat().getByRole('button', { name: 'Personen' }).click();
  await host.chat().getByRole('listitem').first().waitFor();
  expect(host.complaints).toEqual([]);
});

describe('accessibility', () => {
  const page = (chat: string): string => `<main><h1>Host</h1>${chat}</main>${script}`;

  it('the inline widget has no accessibility violations', async () => {
    const host = await visit(page('<spacetimedb-chat></spacetimedb-chat>'));
    await host.connected();
    await host.write('for axe');
    expect(await violations(host.page)).toEqual([]);
    await host.chat().getByRole('button', { name: 'People' }).click();
    await host.chat().getByRole('listitem').first().waitFor();
    expect(await violations(host.page)).toEqual([]);
  });

  it('the launcher has no accessibility violations, closed and open', async () => {
    const host = await visit(page('<spacetimedb-chat mode="launcher"></spacetimedb-chat>'));
    await host.launcher.waitFor();
    expect(await violations(host.page)).toEqual([]);
    await host.launcher.click();
    await host.connected();
    await host.write('for axe');
    expect(await violations(host.page)).toEqual([]);
    await host.page.evaluate(() => document.querySelector('spacetimedb-chat')?.setAttribute('theme', 'dark'));
    // Inherited colours change a moment after the theme.
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

  it('the chat reports its size and unread count to the embedding page', async () => {
    const host = await visit(frame(embedder.origin, '&mode=launcher&eager&heading=Help'));
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
    const other = await SdkPerson.join(site);
    await other.write('anybody there?');
    await vi.waitFor(async () =>
      expect(await told(host)).toContainEqual({ type: 'spacetimedb-chat:unread', count: 1, from }),
    );
    await other.leave();
    await host.page.evaluate(() => {
      const { contentWindow, src } = document.querySelector('iframe') as HTMLIFrameElement;
      contentWindow?.postMessage({ type: 'spacetimedb-chat:open' }, new URL(src).origin);
    });
    await inside.getByRole('heading', { name: 'Help' }).waitFor();
    await inside.getByText('anybody there?').last().waitFor();
    await vi.waitFor(async () =>
      expect(await told(host)).toContainEqual(
        expect.objectContaining({ opened: true, width: 424, height: 684 }),
      ),
    );
  });

  const sizing = `<script>addEventListener('message', ({ data }) => {
    if (data.type !== 'spacetimedb-chat:size') return;
    const { style } = document.querySelector('iframe');
    style.cssText = 'position: fixed; inset: auto 0 0 auto; border: 0; max-width: 100vw; max-height: 100dvh';
    style.width = data.width + 'px';
    style.height = data.height + 'px';
  })</script>`;

  it('a page that sizes the iframe as reported shows the launcher, and all of the chat when it is open', async () => {
    const host = await visit(sizing + frame(embedder.origin, '&mode=launcher'));
    const inside = host.page.frameLocator('iframe');
    const expectSize = (part: Locator, width: number, height: number): Promise<void> =>
      vi.waitFor(async () => expect(await part.boundingBox()).toMatchObject({ width, height }), 60_000);
    const iframe = host.page.locator('iframe');
    const panel = inside.locator('[part=panel]');
    await expectSize(iframe, 96, 76);
    await inside.getByRole('button', { name: 'Open the chat' }).click();
    await expectSize(iframe, 424, 684);
    await inside.getByText('Connected', { exact: true }).waitFor();
    await expectSize(panel, 384, 576);
    await inside.locator('[part=launcher]').click();
    // The pointer is on the launcher, which makes it a little larger.
    await expectSize(iframe, 96, 76);

    await host.page.setViewportSize({ width: 360, height: 640 });
    // By key, because the iframe moves at this moment.
    await inside.getByRole('button', { name: 'Open the chat' }).press('Enter');
    await expectSize(iframe, 360, 640);
    await expectSize(panel, 360, 640);
  });

  it('the chat reports to a page that sends no referrer', async () => {
    // Older browsers do not say which page embeds this one.
    const older = await context.addInitScript(() =>
      Object.defineProperty(Location.prototype, 'ancestorOrigins', { value: undefined }),
    );
    onTestFinished(() => older.dispose());
    const host = await visit(frame(embedder.origin, '&mode=launcher'), {
      head: '<meta name="referrer" content="no-referrer">',
    });
    await vi.waitFor(
      async () => expect(await told(host)).toContainEqual(expect.objectContaining({ width: 96, height: 76 })),
      10_000,
    );
  });

  it('the chat reports nothing to a page whose origin differs from the one in its URL', async () => {
    const other = await Embedder.open();
    const host = await visit(frame(other.origin));
    const inside = host.page.frameLocator('iframe');
    await inside.getByText('Connected', { exact: true }).waitFor();
    await inside.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
    expect(await told(host)).toEqual([]);
    await other.close();
  });
});
