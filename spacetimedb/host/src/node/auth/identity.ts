import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ConnectionId, Identity } from 'spacetimedb';

/** The first two bytes of every identity derived from a token. */
const IDENTITY_PREFIX = Uint8Array.of(0xc2, 0x00);

/**
 * The identity of a token's issuer and subject: `c200`, a checksum of 4 bytes, a hash of 26 bytes
 * (`Identity::from_claims` in the server's `crates/lib/src/identity.rs`).
 */
export function identityFromClaims(issuer: string, subject: string): Identity {
  const hash = blake3(utf8ToBytes(`${issuer}|${subject}`)).subarray(0, 26);
  const checksum = blake3(concatBytes(IDENTITY_PREFIX, hash)).subarray(0, 4);
  return Identity.fromString(bytesToHex(concatBytes(IDENTITY_PREFIX, checksum, hash)));
}

/**
 * Parses an identity from a URL or a claim.
 * @param text 64 hex digits, big-endian, upper or lower case
 * @returns `undefined` for anything else
 */
export function parseIdentityHex(text: string): Identity | undefined {
  return /^[0-9a-f]{64}$/i.test(text) ? Identity.fromString(text) : undefined;
}

/**
 * Parses a connection id chosen by a client.
 * @param text 32 hex digits, big-endian, upper or lower case
 * @returns `undefined` for anything else, and for zero, which means "no connection"
 */
export function parseConnectionIdHex(text: string): ConnectionId | undefined {
  if (!/^[0-9a-f]{32}$/i.test(text)) return undefined;
  const id = ConnectionId.fromString(text);
  return id.isZero() ? undefined : id;
}

/** A random connection id of 128 bits, never zero. */
export function randomConnectionId(): ConnectionId {
  const id = ConnectionId.fromString(bytesToHex(crypto.getRandomValues(new Uint8Array(16))));
  return id.isZero() ? randomConnectionId() : id;
}
