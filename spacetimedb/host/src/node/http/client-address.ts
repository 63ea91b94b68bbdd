import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/**
 * Which proxy's word counts for a client's address: how many proxies stand in front, each of which adds an entry to
 * `X-Forwarded-For`; or the name of a header with the address alone, such as `x-real-ip` or `cf-connecting-ip`.
 */
export type TrustProxy = number | string;

/** @throws {RangeError} with a sentence that says what is wrong */
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
 * What a request's client is counted under: its IPv4 address, or the first 64 bits of its IPv6 address, since whoever
 * has one of those has all of them.
 *
 * Without a trusted proxy it is the other side of the connection, whatever headers say, and `undefined` for a program on
 * this machine: that one can do worse than to call too often. With a trusted proxy everybody comes from this machine
 * or the proxy's, so the proxy's header counts; who comes without it is counted as the other side of the connection.
 */
export function clientAddress(
  request: IncomingMessage,
  trustProxy: TrustProxy | undefined,
): string | undefined {
  const peer = parse(request.socket.remoteAddress);
  if (trustProxy === undefined) return peer?.range() === 'loopback' ? undefined : keyOf(peer);
  return keyOf(parse(forwardedBy(request, trustProxy)) ?? peer);
}

/** What the outermost trusted proxy says; what stands left of it could be the client's invention. */
function forwardedBy({ headers }: IncomingMessage, trustProxy: TrustProxy): string | undefined {
  const [name, hops] =
    typeof trustProxy === 'number' ? ['x-forwarded-for', trustProxy] : [trustProxy.toLowerCase(), 1];
  const entries = [headers[name] ?? []].flat().join(',').split(',');
  // Fewer than there are proxies: the request came past the outer ones, and the first entry is the best there is.
  const entry = entries[Math.max(0, entries.length - hops)]?.trim();
  return name === 'forwarded' ? /(?:^|;)\s*for="?([^";]+)"?/i.exec(entry ?? '')?.[1] : entry;
}

/** Reads an address with or without a port: `203.0.113.7:1234`, `[2001:db8::1]:1234`, `2001:db8::1`. */
function parse(text: string | undefined): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (text === undefined) return undefined;
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  // `fe80::1%eth0` is one, too; an IPv4 address that is written as an IPv6 one counts as what it is.
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

function keyOf(address: ipaddr.IPv4 | ipaddr.IPv6 | undefined): string {
  // A client that is gone already has none any more; all of these share what one may do.
  if (address === undefined) return 'unknown';
  if (address.kind() === 'ipv4') return address.toString();
  return `${(address as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
