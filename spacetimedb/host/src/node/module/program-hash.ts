import { keccak_256 } from '@noble/hashes/sha3.js';

/** Hashing is the slowest part of publishing, which needs the hash of the same program several times. */
let last: { readonly program: Uint8Array; readonly hash: string } | undefined;

/** Returns the hash that identifies a program on SpacetimeDB: its Keccak-256 in hex. */
export function hashOfProgram(program: Uint8Array): string {
  if (!last || Buffer.compare(last.program, program) !== 0) {
    // A copy, because the caller may change its own bytes.
    last = { program: program.slice(), hash: hashOf(program) };
  }
  return last.hash;
}

/** Returns the Keccak-256 of some bytes in hex. */
export function hashOf(bytes: Uint8Array): string {
  return Buffer.from(keccak_256(bytes)).toString('hex');
}
