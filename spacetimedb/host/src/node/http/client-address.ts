import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/**
 * The proxy that may report a client's address: the number of proxies in front, each of which adds an entry to
 * `X-Forwarded-For`; or the name of a header with only the address, such as `x-real-ip` or `cf-connecting-ip`.
 */
export type TrustProxy = number | string;

/** @throws {RangeError} with a message that explains the problem */
export function checkTrustProxy(value: TrustProxy): TrustProxy {
  const isValid =
    typeof value === 'number'
      ? Number.isInteger(value) && value >= 1
      : /^[a-z0-9!#$%&'*+.^_`|~-]+$/i.test(value) && !/^\d+$/.test(value);
  if (!isValid) {
    throw new RangeError(`'${value}' is neither a number of proxies (1 or more) nor the name of a header`);
  }
  return value;
}

/**
 * The key under which a request's client is counted: its IPv4 address, or the first 64 bits of its IPv6 address,
 * because one person usually has all of those addresses.
 *
 * Without a trusted proxy this is the peer of the connection, whatever headers say, and `undefined` for a program on
 * this machine, which could do worse than call too often. With a trusted proxy every connection comes from the proxy,
 * so its header counts; a request without it counts for the peer.
 */
export function clientAddress(
  request: IncomingMessage,
  trustProxy: TrustProxy | undefined,
): string | undefined {
  const peer = parse(request.socket.remoteAddress);
  if (trustProxy === undefined) return peer?.range() === 'loopback' ? undefined : keyOf(peer);
  return keyOf(parse(forwardedBy(request, trustProxy)) ?? peer);
}

/** The address reported by the outermost trusted proxy. Entries to the left of it could be forged by the client. */
function forwardedBy({ headers }: IncomingMessage, trustProxy: TrustProxy): string | undefined {
  const [name, hops] =
    typeof trustProxy === 'number' ? ['x-forwarded-for', trustProxy] : [trustProxy.toLowerCase(), 1];
  const entries = [headers[name] ?? []].flat().join(',').split(',');
  // Fewer entries than proxies: the request bypassed the outer ones, and the first entry is the best known.
  const entry = entries[Math.max(0, entries.length - hops)]?.trim();
  return name === 'forwarded' ? /(?:^|;)\s*for="?([^";]+)"?/i.exec(entry ?? '')?.[1] : entry;
}

/** Parses an address with or without a port: `203.0.113.7:1234`, `[2001:db8::1]:1234`, `2001:db8::1`. */
function parse(text: string | undefined): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (text === undefined) return undefined;
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  // `fe80::1%eth0` is valid too. An IPv4 address in IPv6 notation counts as IPv4.
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

function keyOf(address: ipaddr.IPv4 | ipaddr.IPv6 | undefined): string {
  // A client that has already disconnected has no address. All of these share one limit.
  if (address === undefined) return 'unknown';
  if (address.kind() === 'ipv4') return address.toString();
  return `${(address as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
