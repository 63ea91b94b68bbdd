import { lookup, type LookupAddress } from 'node:dns';
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import {
  decodeHttpRequest,
  encodeHttpResponse,
  methodName,
  type HttpResponse,
} from '../../engine/abi/http-messages.ts';
import type { HttpAnswer } from '../../engine/abi/syscalls.ts';
import type { HostLimits } from '../../engine/limits.ts';
import { AllowedHosts, hostOf, portOf } from './allowed-hosts.ts';

/** Milliseconds that a request may take if the module sets no timeout, as on the real server. */
const USUAL_MILLIS = 30_000;
const MAX_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** Headers about the connection, which the host manages. */
const CONNECTION_HEADERS: readonly string[] = [
  ...['host', 'connection', 'keep-alive', 'proxy-connection', 'upgrade', 'te', 'trailer', 'expect'],
  ...['content-length', 'transfer-encoding'],
];
/** Headers that are not sent on to another host after a redirect. */
const SECRET_HEADERS: readonly string[] = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'www-authenticate',
];
const PRIVATE_ADDRESS = 'refusing to connect to private or special-purpose addresses';

interface Request {
  readonly url: URL;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

type Limits = Pick<HostLimits, 'fetchBytes' | 'fetchMillis'>;

/** Sends the HTTP requests of modules, to allowed servers only (`http_request` in `host/instance_env.rs`). */
export class OutgoingHttp {
  readonly #allowed: AllowedHosts;
  readonly #limits: Limits;

  /** @param allowed see {@link AllowedHosts} @throws {RangeError} when one of them is not a host */
  constructor(allowed: readonly string[], limits: Limits) {
    this.#allowed = new AllowedHosts(allowed);
    this.#limits = limits;
  }

  /**
   * Sends one request and follows its redirects.
   *
   * @param encoded BSATN of an `HttpRequest`
   * @throws {Error} with a sentence for the module, without the query and the headers of the request
   */
  async fetch(encoded: Uint8Array, body: Uint8Array): Promise<HttpAnswer> {
    const request = decodeHttpRequest(encoded);
    if (!URL.canParse(request.uri)) throw new Error('builder error: relative URL without a base');
    const { fetchBytes, fetchMillis } = this.#limits;
    if (body.length > fetchBytes)
      throw new Error(`The body has more than ${fetchBytes} bytes (limit fetchBytes)`);
    const asked = request.timeout ? Number(request.timeout.micros) / 1000 : USUAL_MILLIS;
    const signal = AbortSignal.timeout(Math.ceil(Math.min(Math.max(1, asked), fetchMillis, 2 ** 31 - 1)));
    const headers: Record<string, string[]> = {};
    for (const { name, value } of request.headers.entries) {
      if (CONNECTION_HEADERS.includes(name.toLowerCase())) continue;
      (headers[name.toLowerCase()] ??= []).push(Buffer.from(value).toString('latin1'));
    }
    let next: Request = {
      url: new URL(request.uri),
      method: methodName(request.method),
      headers,
      body,
      signal,
    };
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const { url } = next;
      this.#check(next);
      try {
        const { response, body: received } = await this.#send(next);
        const location = REDIRECTS.includes(response.code) ? headerOf(response, 'location') : undefined;
        if (location === undefined || !URL.canParse(location, url.href))
          return { response: encodeHttpResponse(response), body: received };
        next = redirected(next, response.code, new URL(location, url));
      } catch (error) {
        const reason = signal.aborted ? 'operation timed out' : (error as Error).message;
        throw new Error(`error sending request for url (${url.origin}${url.pathname}): ${reason}`, {
          cause: error,
        });
      }
    }
    throw new Error('error following redirect: too many redirects');
  }

  /** @throws {Error} when the request must not be sent */
  #check({ url, method }: Request): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new Error('builder error: URL scheme is not allowed');
    }
    if (method === 'CONNECT') throw new Error('A module cannot send CONNECT requests');
    const host = hostOf(url);
    if (!this.#allowed.allowsUrl(url)) {
      throw new Error(
        `This host may not send HTTP requests to ${url.host}: its operator can allow that with --allow-http ${url.host}`,
      );
    }
    if (isIP(host) && !this.#allowed.allowsAddress(host, portOf(url))) throw new Error(PRIVATE_ADDRESS);
  }

  #send({
    url,
    method,
    headers,
    body,
    signal,
  }: Request): Promise<{ response: HttpResponse; body: Uint8Array }> {
    return new Promise((resolve, reject) => {
      const { request } = url.protocol === 'https:' ? https : http;
      const sent = request(
        url,
        {
          method,
          headers: {
            accept: '*/*',
            ...headers,
            ...(body.length > 0 ? { 'content-length': body.length } : {}),
          },
          // A new connection for each request, so that each looks up its address.
          agent: false,
          lookup: this.#lookup(portOf(url)),
          signal,
        },
        (response) => {
          this.#receive(response).then(
            (received) => resolve({ response: describe(response), body: received }),
            (error: unknown) => {
              sent.destroy();
              reject(error as Error);
            },
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async #receive(response: IncomingMessage): Promise<Uint8Array> {
    const { fetchBytes } = this.#limits;
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > fetchBytes) {
        throw new Error(`the response has more than ${fetchBytes} bytes (limit fetchBytes)`);
      }
      chunks.push(chunk);
    }
    return new Uint8Array(Buffer.concat(chunks));
  }

  /** Looks up a name and leaves out addresses that are not allowed, whatever the name's owner says. */
  #lookup(port: number): LookupFunction {
    return (hostname, options, callback) => {
      lookup(hostname, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, []);
        const addresses: LookupAddress[] = found.filter(({ address }) =>
          this.#allowed.allowsAddress(address, port),
        );
        const [first] = addresses;
        if (!first) return callback(new Error(PRIVATE_ADDRESS), []);
        if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    };
  }
}

function redirected(request: Request, code: number, url: URL): Request {
  const { method, headers, body } = request;
  const isSameHost = url.host === request.url.host;
  const isGet = code !== 307 && code !== 308 && method !== 'GET' && method !== 'HEAD';
  const kept = Object.entries(headers).filter(
    ([name]) => (isSameHost || !SECRET_HEADERS.includes(name)) && !(isGet && name.startsWith('content-')),
  );
  return {
    ...request,
    url,
    method: isGet ? 'GET' : method,
    headers: Object.fromEntries(kept),
    body: isGet ? new Uint8Array(0) : body,
  };
}

const VERSIONS = { '0.9': 'Http09', '1.0': 'Http10' } as const;

function describe({ statusCode = 0, httpVersion, rawHeaders }: IncomingMessage): HttpResponse {
  // Names and values alternate. Names are in lower case, as the real server's library has them.
  const entries = rawHeaders.flatMap((name, n) =>
    n % 2 === 0
      ? [{ name: name.toLowerCase(), value: new Uint8Array(Buffer.from(rawHeaders[n + 1] ?? '', 'latin1')) }]
      : [],
  );
  const tag = VERSIONS[httpVersion as keyof typeof VERSIONS] ?? 'Http11';
  return { headers: { entries }, version: { tag }, code: statusCode };
}

function headerOf({ headers }: HttpResponse, name: string): string | undefined {
  const found = headers.entries.find((entry) => entry.name === name);
  return found && Buffer.from(found.value).toString('latin1');
}
