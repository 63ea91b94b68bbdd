/** The clients that are measured: this site, and SpacetimeDB's tutorial client in React where its source is given. */
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { startHost } from 'spacetimedb-host';
import { build } from 'vite';
import { ROOT } from '../tools/environment.ts';

export interface Client {
  /** Where its page is, when the room is at `uri`. */
  url(uri: string): string;
  /** What has to run in the page before its own scripts. */
  prelude(uri: string): string;
  /** A selector of what scrolls the messages. */
  readonly scroller: string;
  send(page: Page, text: string): Promise<void>;
  close(): Promise<void>;
}

/** The site that the host serves. */
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
 * @param source the folder `templates/chat-react-ts` of SpacetimeDB's repository. It is built as it is, with the React
 *   and the SDK of this project
 */
export async function buildTutorial(source: string): Promise<Client> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tutorial-'));
  await cp(source, folder, { recursive: true });
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    // Its server is fixed when it is built; here it is whatever the prelude says.
    define: { 'import.meta.env.VITE_SPACETIMEDB_HOST': 'roomAddress' },
  });
  const dist = path.join(folder, 'dist');
  await compress(dist);
  // With compressed files, as the site has them, and from the same server.
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

/** Puts a `.br` file beside each file that is worth it, as SvelteKit's adapter does. */
async function compress(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && /\.(?:js|css|html|svg)$/.test(entry.name)) {
      await writeFile(`${file}.br`, brotliCompressSync(await readFile(file)));
    }
  }
}
