import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  identityFromClaims,
  parseConnectionIdHex,
  parseIdentityHex,
  randomConnectionId,
} from './identity.ts';

describe('identityFromClaims', () => {
  it('blake3 hashes like the reference implementation', () => {
    // The first official test vector of BLAKE3: the hash of an empty input.
    expect(bytesToHex(blake3(new Uint8Array()))).toBe(
      'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262',
    );
  });

  it('identityFromClaims returns the identities of real servers', () => {
    // A token in the server's repository, `sdks/csharp/tests~/SnapshotTests.cs`, contains both claims and identity.
    expect(identityFromClaims('localhost', '6d4b5430-00cf-4a99-932c-ad2d07bab841').toHexString()).toBe(
      'c200483152d642c7d402de06cacc36dcb0c2a1f2bbeb8e7d5a673f2435cca975',
    );
  });

  it('an identity starts with c200 and contains a checksum of its hash', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (issuer, subject) => {
        const hex = identityFromClaims(issuer, subject).toHexString();
        expect(hex).toMatch(/^c200[0-9a-f]{60}$/);
        const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
        const checksum = blake3(Uint8Array.of(0xc2, 0x00, ...bytes.subarray(6))).subarray(0, 4);
        expect(bytesToHex(checksum)).toBe(hex.slice(4, 12));
      }),
    );
  });

  it('different issuers and subjects have different identities', () => {
    const identities = [
      identityFromClaims('localhost', 'a'),
      identityFromClaims('localhost', 'b'),
      identityFromClaims('example.com', 'a'),
    ].map(String);
    expect(new Set(identities).size).toBe(3);
  });
});

describe('parseIdentityHex', () => {
  it('parseIdentityHex reads 64 hex digits, big-endian, in either case', () => {
    const hex = `ff01${'0'.repeat(60)}`;
    expect(parseIdentityHex(hex)?.toHexString()).toBe(hex);
    expect(parseIdentityHex(hex.toUpperCase())?.toHexString()).toBe(hex);
  });

  it.each(['', 'c200', `0x${'0'.repeat(62)}`, 'g'.repeat(64), '0'.repeat(65)])(
    'parseIdentityHex refuses %j',
    (text) => {
      expect(parseIdentityHex(text)).toBeUndefined();
    },
  );
});

describe('parseConnectionIdHex', () => {
  it('parseConnectionIdHex reads 32 hex digits, big-endian', () => {
    const id = parseConnectionIdHex(`ff01${'0'.repeat(28)}`);
    expect(id?.__connection_id__).toBe(0xff01n << 112n);
  });

  it.each(['', '1', '0'.repeat(32), 'f'.repeat(33), 'x'.repeat(32)])(
    'parseConnectionIdHex refuses %j',
    (text) => {
      expect(parseConnectionIdHex(text)).toBeUndefined();
    },
  );

  it('parseConnectionIdHex reads random ids, which differ', () => {
    const [a, b] = [randomConnectionId(), randomConnectionId()];
    expect(parseConnectionIdHex(a.toHexString())?.isEqual(a)).toBe(true);
    expect(a.isEqual(b)).toBe(false);
  });
});
