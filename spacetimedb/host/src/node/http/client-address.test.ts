import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { checkTrustProxy, clientAddress, type TrustProxy } from './client-address.ts';

function address(
  remoteAddress: string | undefined,
  trustProxy?: TrustProxy,
  headers: Record<string, string> = {},
): string | undefined {
  return clientAddress({ socket: { remoteAddress }, headers } as unknown as IncomingMessage, trustProxy);
}

const SPOOFED = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '127.0.0.1' };

describe('without a trusted proxy', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, 'unknown'],
  ])('without a trusted proxy %s counts as %s, whatever the headers say', (peer, key) => {
    expect(address(peer)).toBe(key);
    expect(address(peer, undefined, SPOOFED)).toBe(key);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
    'without a trusted proxy %s is not limited',
    (peer) => {
      expect(address(peer)).toBeUndefined();
    },
  );
});

describe('with trusted proxies', () => {
  const forwardedFor = (list: string) => ({ 'x-forwarded-for': list });

  it.each<[TrustProxy, Record<string, string>, string]>([
    [1, forwardedFor('203.0.113.7'), '203.0.113.7'],
    [1, forwardedFor('10.0.0.1, 203.0.113.7'), '203.0.113.7'],
    [2, forwardedFor('10.0.0.1, 203.0.113.7, 198.51.100.1'), '203.0.113.7'],
    [2, forwardedFor('203.0.113.7'), '203.0.113.7'],
    [1, forwardedFor('203.0.113.7:4711'), '203.0.113.7'],
    [1, forwardedFor('[2001:db8::1]:4711'), '2001:db8:0:0::/64'],
    [1, forwardedFor('::ffff:203.0.113.7'), '203.0.113.7'],
    [1, forwardedFor('127.0.0.1'), '127.0.0.1'],
    ['X-Real-IP', { 'x-real-ip': '203.0.113.7' }, '203.0.113.7'],
    ['cf-connecting-ip', { 'cf-connecting-ip': '203.0.113.7', ...SPOOFED }, '203.0.113.7'],
    ['forwarded', { forwarded: 'for=10.0.0.1, for=203.0.113.7;proto=https' }, '203.0.113.7'],
    ['forwarded', { forwarded: 'proto=https; For="[2001:db8::1]:4711"' }, '2001:db8:0:0::/64'],
  ])('with trusted proxies %s and %o count as %s', (trustProxy, headers, key) => {
    expect(address('127.0.0.1', trustProxy, headers)).toBe(key);
  });

  it.each<[TrustProxy, Record<string, string>]>([
    [1, {}],
    [1, forwardedFor('unknown')],
    [1, forwardedFor('203.0.113.7, ')],
    [1, { forwarded: 'for=203.0.113.7', 'x-real-ip': '203.0.113.7' }],
    ['x-real-ip', forwardedFor('203.0.113.7')],
    ['forwarded', { forwarded: 'for=_hidden' }],
  ])(
    'with trusted proxies %s and %o count as the connection itself, even on this machine',
    (trustProxy, headers) => {
      expect(address('127.0.0.1', trustProxy, headers)).toBe('127.0.0.1');
      expect(address('198.51.100.1', trustProxy, headers)).toBe('198.51.100.1');
    },
  );

  it.each([0, -1, 1.5, Infinity, NaN, '', 'two words', 'x:y', '2'])('%j is not a trusted proxy', (value) => {
    expect(() => checkTrustProxy(value)).toThrow(/neither a number of proxies .* nor the name of a header/);
  });
});
