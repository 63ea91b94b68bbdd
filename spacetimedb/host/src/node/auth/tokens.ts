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
}

/** A token that this host does not accept; `message` is the text of the 401 answer. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/** The issuer of tokens that a standalone server signs itself. */
export const LOCAL_ISSUER = 'localhost';

/** How long the token lives that a browser puts into the address of its WebSocket, in seconds. */
const WEBSOCKET_TOKEN_SECONDS = 60;

/** How long a token is still good after its time, in seconds; clocks differ. */
const EXPIRY_LEEWAY_SECONDS = 60;

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
      extra: {},
    });
  }

  /** The same claims in a token that is valid for 60 seconds, for use where it may be logged, as in an address. */
  mintWebSocketToken(claims: TokenClaims): Promise<Credentials> {
    const issuedAt = this.#seconds();
    return this.#sign({ ...claims, issuedAt, expiresAt: issuedAt + WEBSOCKET_TOKEN_SECONDS });
  }

  /** @throws {TokenError} when the token is malformed, not signed by this host, expired or without what it needs */
  async verify(token: string): Promise<Credentials> {
    const jwtPayload = await this.#verifySignature(token);
    const claims = readClaims(jwtPayload);
    this.#checkTime(claims);
    return { identity: claims.identity, token, claims, jwtPayload };
  }

  async #sign(claims: Omit<TokenClaims, 'identity'>): Promise<Credentials> {
    const jwtPayload = formatClaims(claims);
    const token = await new CompactSign(new TextEncoder().encode(jwtPayload))
      .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
      .sign(this.#keys.privateKey);
    const checked = parseClaims(jwtPayload);
    return { identity: checked.identity, token, claims: checked, jwtPayload };
  }

  /** jose's `jwtVerify` would refuse our `"exp": null`, so only the signature is its job; the claims are ours. */
  async #verifySignature(token: string): Promise<string> {
    try {
      const { payload } = await compactVerify(token, this.#keys.publicKey, { algorithms: ['ES256'] });
      return decodeUtf8(payload);
    } catch (error) {
      if (error instanceof TokenError) throw error;
      throw this.#explain(token, error);
    }
  }

  /** In the order of the real server: a token that cannot be read at all, then one that is somebody else's. */
  #explain(token: string, error: unknown): TokenError {
    const claims = readClaims(unverifiedPayload(token));
    this.#checkTime(claims);
    if (claims.issuer !== LOCAL_ISSUER) {
      return new TokenError(
        `Error fetching public key for issuer ${claims.issuer}: this host accepts only tokens that it signed itself`,
        { cause: error },
      );
    }
    const kind = error instanceof errors.JOSEAlgNotAllowed ? 'InvalidAlgorithm' : 'InvalidSignature';
    return new TokenError(`Invalid token: ${kind}`, { cause: error });
  }

  #checkTime({ expiresAt }: TokenClaims): void {
    if (expiresAt !== null && expiresAt < this.#seconds() - EXPIRY_LEEWAY_SECONDS) {
      throw new TokenError('Invalid token: ExpiredSignature');
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
    return decodeUtf8(Buffer.from(parts[1] ?? '', 'base64url'));
  } catch (error) {
    throw new TokenError('Invalid token: InvalidToken', { cause: error });
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new TokenError('Invalid token: the payload is not UTF-8', { cause: error });
  }
}
