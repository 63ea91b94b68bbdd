import { createServer, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { PortInUseError } from 'spacetimedb-host';

const LOOPBACK = ['127.0.0.1', '::1'];
const EVERYWHERE = ['0.0.0.0', '::'];

/**
 * Fails early if the port is taken, before a build that could not be served.
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
        // The host reports addresses that this machine does not have.
        if (error.code === 'EADDRINUSE') reject(new PortInUseError(port, { cause: error }));
        else resolve();
      });
      server.listen(port, address, () => server.close(() => resolve()));
    });
  }
}

/**
 * The addresses where other devices can reach a server.
 *
 * @param hostname where it listens
 * @param network interfaces of this machine; for tests
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
