import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody else's site, for the widget to be embedded in: pages by their path, on an origin of their own. */
export interface HostPage {
  /** Its address, without the last slash. */
  readonly origin: string;
  close(): Promise<void>;
}

export interface ServedPage {
  readonly html: string;
  /** Where the browser is sent instead. */
  readonly redirect?: string;
  /** The Content Security Policy that it comes with. */
  readonly policy?: string;
}

/** @param pages asked for each request: what is at this path, if anything */
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
