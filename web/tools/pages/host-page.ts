import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Another site with its own origin that embeds the widget. */
export interface HostPage {
  /** Without a trailing slash. */
  readonly origin: string;
  close(): Promise<void>;
}

export interface ServedPage {
  readonly html: string;
  readonly redirect?: string;
  readonly policy?: string;
}

/** @param pages returns the page at a path, if there is one */
export async function serveHostPage(pages: (path: string) => ServedPage | undefined): Promise<HostPage> {
  const server = createServer((request, response) => {
    const page = pages(request.url ?? '/');
    if (!page) {
      response.writeHead(404).end();
      return;
    }
    if (page.redirect !== undefined) {
      response.writeHead(302, { location: page.redirect }).end();
      return;
    }
    if (page.policy !== undefined) response.setHeader('content-security-policy', page.policy);
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page.html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
