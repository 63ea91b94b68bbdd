import type { Identity } from 'spacetimedb';
import { identityFromClaims, parseIdentityHex } from './identity.ts';

/** The verified claims of a token: `SpacetimeIdentityClaims` in the server's `crates/auth/src/identity.rs`. */
export interface TokenClaims {
  readonly identity: Identity;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: readonly string[];
  /** Seconds since the Unix epoch. */
  readonly issuedAt: number;
  /** Seconds since the Unix epoch; `null` for a token that does not expire. */
  readonly expiresAt: number | null;
  /** Seconds since the Unix epoch before which the token is not valid; `null` for no such limit. */
  readonly notBefore: number | null;
  /** All other claims, unchanged. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** The server's limit for issuers and subjects, in bytes of UTF-8. */
const MAX_NAME_BYTES = 128;

/** A token's payload is invalid. `message` is meant for its sender. */
export class ClaimsError extends Error {
  override readonly name = 'ClaimsError';
}

/**
 * Parses a token's payload. The caller checks signature and time.
 * @throws {ClaimsError} when it is not a JSON object, a claim is missing or has the wrong type, or `hex_identity`
 * does not match issuer and subject
 */
export function parseClaims(payload: string): TokenClaims {
  const { hex_identity, sub, iss, aud, iat, exp, nbf, ...extra } = parseObject(payload);
  const subject = requireText('sub', sub);
  const issuer = requireText('iss', iss);
  checkLength('Issuer', issuer);
  checkLength('Subject', subject);
  const identity = identityFromClaims(issuer, subject);
  checkIdentity(hex_identity, identity);
  return {
    identity,
    issuer,
    subject,
    audience: parseAudience(aud),
    issuedAt: requireInteger('iat', iat),
    expiresAt: optionalInteger('exp', exp),
    notBefore: optionalInteger('nbf', nbf),
    extra,
  };
}

/** Formats a token's payload as JSON; the reverse of {@link parseClaims}. */
export function formatClaims(claims: Omit<TokenClaims, 'identity'>): string {
  return JSON.stringify({
    hex_identity: identityFromClaims(claims.issuer, claims.subject).toHexString(),
    sub: claims.subject,
    iss: claims.issuer,
    aud: claims.audience,
    iat: claims.issuedAt,
    exp: claims.expiresAt,
    ...(claims.notBefore === null ? {} : { nbf: claims.notBefore }),
    ...claims.extra,
  });
}

function parseObject(payload: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    throw new ClaimsError('Invalid token: the payload is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ClaimsError('Invalid token: the payload is not a JSON object');
  }
  return value as Record<string, unknown>;
}

function requireText(claim: string, value: unknown): string {
  if (typeof value !== 'string') throw missingOrWrong(claim, value, 'a string');
  return value;
}

function requireInteger(claim: string, value: unknown): number {
  if (!Number.isSafeInteger(value)) throw missingOrWrong(claim, value, 'a whole number of seconds');
  return value as number;
}

function optionalInteger(claim: string, value: unknown): number | null {
  return value === undefined || value === null ? null : requireInteger(claim, value);
}

function missingOrWrong(claim: string, value: unknown, expected: string): ClaimsError {
  return new ClaimsError(
    value === undefined
      ? `Invalid token: Missing required claim: ${claim}`
      : `Invalid token: claim ${claim} is not ${expected}`,
  );
}

function checkLength(what: string, text: string): void {
  if (text === '') throw new ClaimsError(`${what} empty`);
  if (new TextEncoder().encode(text).length > MAX_NAME_BYTES) {
    throw new ClaimsError(`${what} too long: ${JSON.stringify(text)}`);
  }
}

function checkIdentity(claimed: unknown, computed: Identity): void {
  if (claimed === undefined || claimed === null) return;
  const identity = typeof claimed === 'string' ? parseIdentityHex(claimed) : undefined;
  if (identity === undefined) throw new ClaimsError('Invalid token: claim hex_identity is not an identity');
  if (!identity.isEqual(computed)) {
    throw new ClaimsError(
      `Identity mismatch: token identity ${identity} does not match computed identity ${computed}`,
    );
  }
}

function parseAudience(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => requireText('aud', entry));
}
