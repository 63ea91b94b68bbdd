import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

export interface FileServer {
  /** The address of `index.html`. */
  readonly url: string;
  /** Requested paths that do not exist. */
  readonly missing: readonly string[];
  /** Does nothing while the server runs. */
  start(): Promise<void>;
  /** Stops the server; `start` starts it again at the same address. */
  stop(): Promise<void>;
}

/** Starts a plain file server: `path` is mapped to `folder`, without rewriting. */
export async function startFileServer(folder: string, path: string): Promise<FileServer> {
  const missing: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const file = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const read = file.startsWith(path)
      ? readFile(join(folder, file.slice(path.length)))
      : Promise.reject(new Error('Not here'));
    read.then(
      (content) => response.setHeader('content-type', types[extname(file)] ?? '').end(content),
      () => {
        missing.push(pathname);
        response.writeHead(404).end();
      },
    );
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) =>
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      }),
    );
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    missing,
    start: () => (server.listening ? Promise.resolve() : listen(port)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
