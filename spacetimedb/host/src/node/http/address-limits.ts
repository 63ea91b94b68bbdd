import type { IncomingMessage } from 'node:http';
import type { HostLimits } from '../../engine/limits.ts';
import { checkTrustProxy, clientAddress, type TrustProxy } from './client-address.ts';
import { HttpError } from './http-error.ts';
import { TokenBuckets } from './token-buckets.ts';

export interface AddressLimitOptions {
  /** The proxy that may report a client's address; without it only the connection's address counts. */
  readonly trustProxy?: TrustProxy | undefined;
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  readonly now?: (() => number) | undefined;
}

type Limits = Pick<HostLimits, 'connectionsPerAddress' | 'identitiesPerMinute' | 'callsPerSecond'>;

/** Retry time for clients with too many WebSockets, because it is unknown when one of them closes. */
const CONNECTION_RETRY_SECONDS = 10;

/**
 * The limits per address. Identities are free, addresses are not. An address of `undefined` means a client without
 * limits.
 */
export class AddressLimits {
  readonly #limits: Limits;
  readonly #trustProxy: TrustProxy | undefined;
  readonly #identities: TokenBuckets;
  readonly #calls: TokenBuckets;
  readonly #connections = new Map<string, number>();

  /** @throws {RangeError} when `trustProxy` is invalid */
  constructor(limits: Limits, { trustProxy, now }: AddressLimitOptions = {}) {
    this.#limits = limits;
    this.#trustProxy = trustProxy === undefined ? undefined : checkTrustProxy(trustProxy);
    this.#identities = new TokenBuckets({ capacity: limits.identitiesPerMinute, periodMillis: 60_000, now });
    this.#calls = new TokenBuckets({ capacity: limits.callsPerSecond, periodMillis: 1000, now });
  }

  /** The address that a request counts for; `undefined` if it is not limited. */
  addressOf(request: IncomingMessage): string | undefined {
    return clientAddress(request, this.#trustProxy);
  }

  /** Counts one new identity. @throws {HttpError} 429 */
  admitIdentity(address: string | undefined): void {
    const wait = address === undefined ? 0 : this.#identities.take(address);
    if (wait === 0) return;
    throw tooMany(
      `Too many new identities from your address, at most ${this.#limits.identitiesPerMinute} a minute; send the token of one that you have`,
      wait / 1000,
    );
  }

  /** Counts one call or query. @throws {HttpError} 429 */
  admitCall(address: string | undefined): void {
    const wait = address === undefined ? 0 : this.#calls.take(address);
    if (wait === 0) return;
    throw tooMany(
      `Too many calls from your address, at most ${this.#limits.callsPerSecond} a second`,
      wait / 1000,
    );
  }

  /** Counts one call or query that can wait. @returns milliseconds that it must wait */
  reserveCall(address: string | undefined): number {
    return address === undefined ? 0 : this.#calls.reserve(address);
  }

  /** Counts one WebSocket until the returned function is called. @throws {HttpError} 429 */
  admitConnection(address: string | undefined): () => void {
    if (address === undefined) return () => undefined;
    const open = this.#connections.get(address) ?? 0;
    if (open >= this.#limits.connectionsPerAddress) {
      throw tooMany(
        `Too many WebSockets from your address, at most ${this.#limits.connectionsPerAddress} at a time`,
        CONNECTION_RETRY_SECONDS,
      );
    }
    this.#connections.set(address, open + 1);
    return () => {
      const left = (this.#connections.get(address) ?? 0) - 1;
      if (left > 0) this.#connections.set(address, left);
      else this.#connections.delete(address);
    };
  }
}

function tooMany(message: string, retrySeconds: number): HttpError {
  return new HttpError(429, message, { 'retry-after': String(Math.ceil(retrySeconds)) });
}
