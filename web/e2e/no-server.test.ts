import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tokenKey } from '../../adapters/src/tokens.ts';
import { violations } from '../tools/checks/axe.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

const build = fileURLToPath(new URL('../../build', import.meta.url));
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
};

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-no-server-'));
  await Promise.all([
    cp(build, folder, { recursive: true }),
    launchBrowser().then((started) => (browser = started)),
  ]);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A static host without a chat server. Unknown paths are answered with `index.html`, with status 404 or 200. */
async function staticHost(status: 200 | 404): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const file = pathname === '/' ? '/index.html' : pathname;
    void readFile(join(folder, file))
      .then((content) => response.setHeader('content-type', types[extname(file)] ?? '').end(content))
      .catch(async () => {
        response.statusCode = status;
        response.setHeader('content-type', 'text/html').end(await readFile(join(folder, 'index.html')));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

it.each([404, 200] as const)(
  'the page reports that a static host that answers unknown paths with status %d is not a chat server, on a first visit and with a saved sign-in',
  async (status) => {
    const { url, server } = await staticHost(status);
    const visitor = await Visitor.arrive(browser, { url }, { bypassCSP: true });
    const banner = visitor.page.getByRole('region', { name: 'Connection' });
    const isExplained = async (): Promise<void> => {
      await banner.waitFor();
      expect(await banner.textContent()).toContain(
        `This page isn’t connected to a chat server yet: ${new URL(url).host} isn’t one.`,
      );
      await visitor.state.filter({ hasText: 'No chat server' }).waitFor();
    };
    await isExplained();
    expect(await violations(visitor.page)).toEqual([]);
    await visitor.page.evaluate(([key, token]) => localStorage.setItem(key, token), [
      tokenKey(url, 'quickstart-chat'),
      'e30.e30.e30',
    ] as const);
    await visitor.reload();
    await isExplained();
    await visitor.leave();
    server.close();
    server.closeAllConnections();
  },
);
