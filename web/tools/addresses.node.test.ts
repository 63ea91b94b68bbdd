import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { expectFreePort, reachableFrom } from './addresses.ts';

const address = (address: string, family: 'IPv4' | 'IPv6', internal = false) => ({
  address,
  family,
  internal,
});
const INTERFACES = {
  lo: [address('127.0.0.1', 'IPv4', true), address('::1', 'IPv6', true)],
  wifi: [address('192.168.1.20', 'IPv4'), address('fe80::1', 'IPv6')],
} as unknown as ReturnType<typeof networkInterfaces>;

test('A port that another program listens on is reported before anything is built', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await expect(expectFreePort(port)).rejects.toThrow(`Port ${port} is already in use`);
  await expect(expectFreePort(port, '127.0.0.1')).rejects.toThrow('already in use');
});

test('A free port passes, and stays free', async () => {
  await expectFreePort(0);
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  await expectFreePort(port);
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
});

test.each([
  [undefined, []],
  ['localhost', []],
  ['127.0.0.1', []],
  ['0.0.0.0', ['http://192.168.1.20:3000']],
  ['192.168.1.20', ['http://192.168.1.20:3000']],
  ['fe80::1', ['http://[fe80::1]:3000']],
])('A server on %s tells other devices to open %j', (hostname, urls) => {
  expect(reachableFrom(hostname, 3000, INTERFACES)).toEqual(urls);
});
