import { compactVerify, CompactSign, decodeProtectedHeader, errors } from 'jose';
import type { Identity } from 'spacetimedb';
import { ClaimsError, formatClaims, parseClaims, type TokenClaims } from './claims.ts';
import type { SigningKeys } from './keys.ts';

/** The verified identity of a request. */
export interface Credentials {
  readonly identity: Identity;
  /** The signed token. A client sends it again to keep its identity. */
  readonly token: string;
  readonly claims: TokenClaims;
  /** The token's payload as JSON text, unchanged. The module sees it as the caller's claims. */
  readonly jwtPayload: string;
  /** Is this a token of {@link TokenAuthority.mintWebSocketToken}? It can only open a WebSocket. */
  readonly opensSocketsOnly: boolean;
}

/** This host does not accept the token. `message` is the text of the 401 response. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/** The issuer of tokens that a standalone server signs itself. */
export const LOCAL_ISSUER = 'localhost';

/** Lifetime of the token that a browser puts into the URL of its WebSocket, in seconds. */
const WEBSOCKET_TOKEN_SECONDS = 60;

/** How far the clocks of signer and verifier may differ, in seconds. */
const LEEWAY_SECONDS = 60;

/** The same for tokens that this host signed at most a minute ago. */
const WEBSOCKET_LEEWAY_SECONDS = 5;

/**
 * The header's `typ` marks what a token is for, as RFC 8725 recommends. The payload must not change, because the
 * module sees it.
 */
const TYPE = 'JWT';
const WEBSOCKET_TYPE = 'websocket+jwt';

export interface TokenAuthorityOptions {
  /** Milliseconds since the Unix epoch; the system's clock by default. */
  readonly now?: () => number;
}

/**
 * Signs and verifies the host's tokens: JWTs with ES256 and the claims of the standalone server
 * (`crates/client-api/src/auth.rs`, `crates/core/src/auth/token_validation.rs`).
 *
 * Tokens signed by the local key are accepted whatever their issuer. Unlike the real server, this host never fetches
 * the keys of other issuers (OpenID discovery); the error message says so.
 */
export class TokenAuthority {
  readonly #keys: SigningKeys;
  readonly #now: () => number;

  constructor(keys: SigningKeys, options: TokenAuthorityOptions = {}) {
    this.#keys = keys;
    this.#now = options.now ?? Date.now;
  }

  /** PEM text of the public key. */
  get publicKeyPem(): string {
    return this.#keys.publicKeyPem;
  }

  /** Makes a token that does not expire: for a new identity, or for the identity of this host with that `subject`. */
  mint(
    subject: string = crypto.randomUUID(),
    extra: Readonly<Record<string, unknown>> = {},
  ): Promise<Credentials> {
    return this.#sign({
      issuer: LOCAL_ISSUER,
      subject,
      audience: ['spacetimedb'],
      issuedAt: this.#seconds(),
      expiresAt: null,
      notBefore: null,
      extra,
    });
  }

  /**
   * Makes a token with the same claims that only opens WebSockets, for 60 seconds. For places where it may be logged,
   * such as URLs.
   */
  mintWebSocketToken(claims: TokenClaims): Promise<Credentials> {
    const issuedAt = this.#seconds();
    // It must not outlive the token that it is made from.
    const expiresAt = Math.min(issuedAt + WEBSOCKET_TOKEN_SECONDS, claims.expiresAt ?? Infinity);
    return this.#sign({ ...claims, issuedAt, expiresAt }, WEBSOCKET_TYPE);
  }

  /**
   * Verifies a token. Callers that do not open a WebSocket must refuse tokens that are only for that.
   *
   * @param options.atAnyTime ignores the time limits of the token
   * @throws {TokenError} when the token is malformed, not signed by this host, incomplete, or not valid now
   */
  async verify(token: string, { atAnyTime = false } = {}): Promise<Credentials> {
    const { jwtPayload, opensSocketsOnly } = await this.#verifySignature(token);
    const claims = readClaims(jwtPayload);
    const leeway = opensSocketsOnly ? WEBSOCKET_LEEWAY_SECONDS : LEEWAY_SECONDS;
    this.#checkTime(claims, atAnyTime ? Infinity : leeway);
    return { identity: claims.identity, token, claims, jwtPayload, opensSocketsOnly };
  }

  async #sign(claims: Omit<TokenClaims, 'identity'>, type = TYPE): Promise<Credentials> {
    const jwtPayload = formatClaims(claims);
    const token = await new CompactSign(new TextEncoder().encode(jwtPayload))
      .setProtectedHeader({ typ: type, alg: 'ES256' })
      .sign(this.#keys.privateKey);
    const checked = parseClaims(jwtPayload);
    return {
      identity: checked.identity,
      token,
      claims: checked,
      jwtPayload,
      opensSocketsOnly: type === WEBSOCKET_TYPE,
    };
  }

  /** jose's `jwtVerify` refuses `"exp": null`, which our tokens have, so jose only verifies the signature. */
  async #verifySignature(token: string): Promise<{ jwtPayload: string; opensSocketsOnly: boolean }> {
    try {
      const { payload, protectedHeader } = await compactVerify(token, this.#keys.publicKey, {
        algorithms: ['ES256'],
      });
      return { jwtPayload: decodeUtf8(payload), opensSocketsOnly: protectedHeader.typ === WEBSOCKET_TYPE };
    } catch (error) {
      if (error instanceof TokenError) throw error;
      throw this.#explain(token, error);
    }
  }

  /** In the order of the real server: first unreadable tokens, then tokens of other issuers. */
  #explain(token: string, error: unknown): TokenError {
    const claims = readClaims(unverifiedPayload(token));
    this.#checkTime(claims, LEEWAY_SECONDS);
    if (claims.issuer !== LOCAL_ISSUER) {
      return new TokenError(
        `Error fetching public key for issuer ${claims.issuer}: this host accepts only tokens that it signed itself`,
        { cause: error },
      );
    }
    const kind = error instanceof errors.JOSEAlgNotAllowed ? 'InvalidAlgorithm' : 'InvalidSignature';
    return new TokenError(`Invalid token: ${kind}`, { cause: error });
  }

  #checkTime({ issuedAt, expiresAt, notBefore }: TokenClaims, leeway: number): void {
    const now = this.#seconds();
    if (expiresAt !== null && expiresAt < now - leeway) {
      throw new TokenError('Invalid token: ExpiredSignature');
    }
    if (notBefore !== null && notBefore > now + leeway) {
      throw new TokenError('Invalid token: ImmatureSignature');
    }
    if (issuedAt > now + leeway) {
      throw new TokenError('Invalid token: it was issued in the future; check the clock of this host');
    }
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}

function readClaims(payload: string): TokenClaims {
  try {
    return parseClaims(payload);
  } catch (error) {
    if (error instanceof ClaimsError) throw new TokenError(error.message, { cause: error });
    throw error;
  }
}

/** The payload of a token with an unverified signature. Only used to explain why it was refused. */
function unverifiedPayload(token: string): string {
  const parts = token.split('.');
  try {
    decodeProtectedHeader(token);
    if (parts.length !== 3) throw new TypeError('a token has three parts');
    requireBase64(parts[2] ?? '');
    return decodeUtf8(Buffer.from(parts[1] ?? '', 'base64url'));
  } catch (error) {
    if (error instanceof TokenError) throw error;
    throw new TokenError('Invalid token: InvalidToken', { cause: error });
  }
}

/** @throws {TokenError} that says where a text is not base64url */
function requireBase64(text: string): void {
  const offset = text.search(/[^\w-]/);
  if (offset < 0) return;
  throw new TokenError(
    `Invalid token: Base64 error: Invalid symbol ${text.charCodeAt(offset)}, offset ${offset}.`,
  );
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new TokenError('Invalid token: the payload is not UTF-8', { cause: error });
  }
}
