import { compactVerify, CompactSign, decodeProtectedHeader, errors } from 'jose';
import type { Identity } from 'spacetimedb';
import { ClaimsError, formatClaims, parseClaims, type TokenClaims } from './claims.ts';
import type { SigningKeys } from './keys.ts';

/** Who a request comes from, with the proof. */
export interface Credentials {
  readonly identity: Identity;
  /** The signed token: what the client sends to be the same user again. */
  readonly token: string;
  readonly claims: TokenClaims;
  /** The token's payload as JSON text, unchanged: what the module sees as the caller's claims. */
  readonly jwtPayload: string;
  /** Whether the token is one of {@link TokenAuthority.mintWebSocketToken}: good for opening a WebSocket and nothing else. */
  readonly opensSocketsOnly: boolean;
}

/** A token that this host does not accept; `message` is the text of the 401 answer. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/** The issuer of tokens that a standalone server signs itself. */
export const LOCAL_ISSUER = 'localhost';

/** How long the token lives that a browser puts into the address of its WebSocket, in seconds. */
const WEBSOCKET_TOKEN_SECONDS = 60;

/** How far the clocks of those who sign and check a token may differ, in seconds. */
const LEEWAY_SECONDS = 60;

/** The same for tokens that this very host signed a minute ago at most. */
const WEBSOCKET_LEEWAY_SECONDS = 5;

/**
 * The header's `typ` says what a token is for, as RFC 8725 recommends: the payload has to be the one of the token that
 * it was made from, since the module sees it.
 */
const TYPE = 'JWT';
const WEBSOCKET_TYPE = 'websocket+jwt';

export interface TokenAuthorityOptions {
  /** Milliseconds since the Unix epoch; the system's clock when absent. */
  readonly now?: () => number;
}

/**
 * Makes and checks the host's tokens: JWTs signed with ES256, with the claims of the standalone server
 * (`crates/client-api/src/auth.rs`, `crates/core/src/auth/token_validation.rs`).
 *
 * What the local key signed is accepted whatever its issuer. Unlike the real server, this host never fetches the keys
 * of other issuers (OpenID discovery); their tokens are refused with a text that says so.
 */
export class TokenAuthority {
  readonly #keys: SigningKeys;
  readonly #now: () => number;

  constructor(keys: SigningKeys, options: TokenAuthorityOptions = {}) {
    this.#keys = keys;
    this.#now = options.now ?? Date.now;
  }

  /** PEM text of the key that checks this host's tokens. */
  get publicKeyPem(): string {
    return this.#keys.publicKeyPem;
  }

  /** A token that does not expire, for a new identity, or for the one of this host that `subject` stands for. */
  mint(subject: string = crypto.randomUUID()): Promise<Credentials> {
    return this.#sign({
      issuer: LOCAL_ISSUER,
      subject,
      audience: ['spacetimedb'],
      issuedAt: this.#seconds(),
      expiresAt: null,
      notBefore: null,
      extra: {},
    });
  }

  /**
   * The same claims in a token that opens WebSockets for 60 seconds and is good for nothing else, for use where it may
   * be logged, as in an address.
   */
  mintWebSocketToken(claims: TokenClaims): Promise<Credentials> {
    const issuedAt = this.#seconds();
    // It does not outlive the token that it is made from.
    const expiresAt = Math.min(issuedAt + WEBSOCKET_TOKEN_SECONDS, claims.expiresAt ?? Infinity);
    return this.#sign({ ...claims, issuedAt, expiresAt }, WEBSOCKET_TYPE);
  }

  /**
   * Checks a token. Callers that do not open a WebSocket have to refuse what is for that only.
   *
   * @param options.atAnyTime takes it whatever the time is
   * @throws {TokenError} when the token is malformed, not signed by this host, without what it needs, or not valid now
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

  /** jose's `jwtVerify` would refuse our `"exp": null`, so only the signature is its job; the claims are ours. */
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

  /** In the order of the real server: a token that cannot be read at all, then one that is somebody else's. */
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

/** The payload of a token whose signature is not to be trusted; only ever used to say why it was refused. */
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
