import { createServer, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { PortInUseError } from 'spacetimedb-host';

const LOOPBACK = ['127.0.0.1', '::1'];
const EVERYWHERE = ['0.0.0.0', '::'];

/**
 * Fails early when the port is taken, so that nobody waits for a build that cannot be served.
 *
 * @param port 0 is always free
 * @param hostname where to listen; both loopback addresses when absent
 * @throws {PortInUseError}
 */
export async function expectFreePort(port: number, hostname?: string): Promise<void> {
  if (port === 0) return;
  for (const address of hostname === undefined || hostname === 'localhost' ? LOOPBACK : [hostname]) {
    await new Promise<void>((resolve, reject) => {
      const server = createServer();
      server.once('error', (error: NodeJS.ErrnoException) => {
        // Addresses that this machine lacks are for the host to complain about.
        if (error.code === 'EADDRINUSE') reject(new PortInUseError(port, { cause: error }));
        else resolve();
      });
      server.listen(port, address, () => server.close(() => resolve()));
    });
  }
}

/**
 * The addresses that other devices reach a server at.
 *
 * @param hostname where it listens
 * @param interfaces of this machine; for tests
 * @returns URLs; none when only this machine reaches it
 */
export function reachableFrom(
  hostname: string | undefined,
  port: number,
  interfaces = networkInterfaces(),
): string[] {
  if (hostname === undefined || hostname === 'localhost' || LOOPBACK.includes(hostname)) return [];
  const hosts = EVERYWHERE.includes(hostname)
    ? Object.values(interfaces)
        .flatMap((addresses) => addresses ?? [])
        .filter(({ family, internal }) => family === 'IPv4' && !internal)
        .map(({ address }) => address)
    : [hostname];
  return hosts.map((host) => `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`);
}
