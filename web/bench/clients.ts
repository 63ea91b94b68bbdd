/** The measured clients: this site and, if its source is given, SpacetimeDB's React tutorial client. */
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { startHost } from 'spacetimedb-host';
import { build } from 'vite';
import { ROOT } from '../tools/environment.ts';

export interface Client {
  /** The page's URL for a room at `uri`. */
  url(uri: string): string;
  /** Code to run before the page's own scripts. */
  prelude(uri: string): string;
  /** Selector of the element that scrolls the messages. */
  readonly scroller: string;
  send(page: Page, text: string): Promise<void>;
  close(): Promise<void>;
}

export const site: Client = {
  url: (uri) => uri,
  prelude: () => '',
  scroller: '[role=log]',
  send: async (page, text) => {
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.fill(text);
    await field.press('Enter');
  },
  close: () => Promise.resolve(),
};

/**
 * Builds the tutorial client unchanged, with this project's React and SDK.
 *
 * @param source the folder `templates/chat-react-ts` of SpacetimeDB's repository
 */
export async function buildTutorial(source: string): Promise<Client> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tutorial-'));
  await cp(source, folder, { recursive: true });
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    // The server is fixed at build time; here the prelude sets it.
    define: { 'import.meta.env.VITE_SPACETIMEDB_HOST': 'roomAddress' },
  });
  const dist = path.join(folder, 'dist');
  await compress(dist);
  // Served like the site: compressed, by the same server.
  const files = await startHost({ module: path.join(ROOT, 'spacetimedb'), name: 'unused', staticDir: dist });
  return {
    url: () => files.uri,
    prelude: (uri) => `globalThis.roomAddress = ${JSON.stringify(uri)};`,
    scroller: '.message-panel',
    send: async (page, text) => {
      await page.getByLabel('message input').fill(text);
      await page.getByRole('button', { name: 'Send' }).click();
    },
    close: async () => {
      await files.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Adds `.br` files, as SvelteKit's adapter does. */
async function compress(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && /\.(?:js|css|html|svg)$/.test(entry.name)) {
      await writeFile(`${file}.br`, brotliCompressSync(await readFile(file)));
    }
  }
}
