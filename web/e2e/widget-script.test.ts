/** Different ways to include the widget's script. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Request } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { scriptOf } from '../tools/pages/embedder.ts';
import { context, embedder, script, setUpWidgets, site, visit } from '../tools/pages/widget-setup.ts';

const folder = new URL('../../build/widget/', import.meta.url);
const element = '<spacetimedb-chat lang="de"></spacetimedb-chat>';
const include = (...addresses: string[]): string =>
  addresses.map((address) => `<script type="module" src="${address}"></script>`).join('');

setUpWidgets();

/** HTML that includes the script, given its address. */
const ways: Record<string, (address: string) => string> = {
  'with a query': (address) => include(`${address}?v=2`),
  'through a redirect': (address) => include(embedder.redirect(address)),
  'through a redirect that adds a query': (address) => include(embedder.redirect(`${address}?v=3`)),
  'twice under one address': (address) => include(address, address),
  'under two addresses': (address) => include(address, `${address}?v=2`),
  'under its own address and through a redirect': (address) => include(address, embedder.redirect(address)),
  'from two origins': (address) => include(address, address.replace('127.0.0.1', 'localhost')),
  'by a script': (address) => `<script type="module">await import('${address}?lazy')</script>`,
};

describe('the script works when included', () => {
  it.each(Object.entries(ways))('%s', async (name, way) => {
    const host = await visit(element + way(scriptOf(site)));
    const chat = host.chat();
    await chat.getByText('Verbunden', { exact: true }).waitFor();
    // The name form, the list of people and the language are separate files, or depend on some.
    await chat.getByRole('textbox', { name: 'Dein Name' }).fill(`Ada ${name}`.slice(0, 30));
    await chat.getByRole('button', { name: 'Mitmachen' }).click();
    await chat.getByRole('button', { name: 'Namen ändern' }).waitFor();
    await chat.getByRole('button', { name: 'Personen' }).click();
    await chat
      .getByRole('listitem')
      .filter({ hasText: `Ada ${name}`.slice(0, 30) })
      .first()
      .waitFor();
    await chat.getByRole('button', { name: 'Personen' }).click();
    await chat.getByRole('textbox', { name: 'Nachricht' }).fill(`works ${name}`);
    await host.page.keyboard.press('Enter');
    await host.messagesWith(`works ${name}`).last().waitFor();
    expect(host.complaints).toEqual([]);
    expect(host.opened).toBe(1);
  });
});

describe("the widget's files", () => {
  it("are loaded only from the script's origin, and match the published hashes, with which a page can load them", async () => {
    const hashes = JSON.parse(await readFile(new URL('integrity.json', folder), 'utf8')) as Record<
      string,
      string
    >;
    for (const [file, hash] of Object.entries(hashes)) {
      const content = await readFile(fileURLToPath(new URL(file, folder)));
      expect(hash, file).toBe(`sha384-${createHash('sha384').update(content).digest('base64')}`);
    }
    const page = (edit: (file: string, hash: string) => string): string => {
      const integrity = Object.fromEntries(
        Object.entries(hashes).map(([file, hash]) => [new URL(file, scriptOf(site)).href, edit(file, hash)]),
      );
      return `<script type="importmap">${JSON.stringify({ integrity })}</script><spacetimedb-chat></spacetimedb-chat>${script}`;
    };
    const origins = new Set<string>();
    const onRequest = (request: Request): unknown => origins.add(new URL(request.url()).origin);
    context.on('request', onRequest);
    const host = await visit(page((_, hash) => hash));
    await host.connected();
    context.off('request', onRequest);
    origins.delete('null');
    expect([...origins].sort()).toEqual([embedder.origin, new URL(site.url).origin].sort());

    const refused = await visit(
      page((file, hash) => (file.startsWith('chunks/widget-') ? hash.replace('sha384-', 'sha384-0') : hash)),
    );
    await vi.waitFor(() => expect(refused.complaints.join()).toMatch(/integrity/));
  });
});
