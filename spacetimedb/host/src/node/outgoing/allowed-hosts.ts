import ipaddr from 'ipaddr.js';

interface AllowedHost {
  /** As in a URL, without brackets. */
  readonly host: string;
  /** Absent for the usual ports, 80 and 443. */
  readonly port: number | undefined;
}

const EVERY_PUBLIC_HOST = '*';
const USUAL_PORTS: readonly number[] = [80, 443];

/** @returns `text` @throws {RangeError} with a sentence that explains the problem */
export function checkAllowedHost(text: string): string {
  if (text !== EVERY_PUBLIC_HOST) parse(text);
  return text;
}

/** Which servers a module may send HTTP requests to. */
export class AllowedHosts {
  readonly #hosts: readonly AllowedHost[];
  readonly #allowsEveryPublicHost: boolean;

  /**
   * @param entries `HOST` (its ports 80 and 443), `HOST:PORT`, or `*` for every host with public addresses
   * @throws {RangeError} when one is none of these
   */
  constructor(entries: readonly string[]) {
    this.#allowsEveryPublicHost = entries.includes(EVERY_PUBLIC_HOST);
    this.#hosts = entries.filter((entry) => entry !== EVERY_PUBLIC_HOST).map(parse);
  }

  /** May requests go to the host of a URL? Its addresses need {@link allowsAddress}, too. */
  allowsUrl(url: URL): boolean {
    return this.#allowsEveryPublicHost || this.#names(hostOf(url), portOf(url));
  }

  /** Addresses that are not public, such as loopback and private ones, must be named themselves. */
  allowsAddress(address: string, port: number): boolean {
    // An IPv4 address may be written as an IPv6 one.
    const parsed = ipaddr.process(address);
    const range = parsed.range();
    if (range === 'unicast') return true;
    return this.#names(parsed.toString(), port) || (range === 'loopback' && this.#names('localhost', port));
  }

  #names(host: string, port: number): boolean {
    return this.#hosts.some(
      (allowed) =>
        allowed.host === host &&
        (allowed.port === undefined ? USUAL_PORTS.includes(port) : allowed.port === port),
    );
  }
}

/** The host of a URL, an IPv6 address without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function parse(text: string): AllowedHost {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:/?#@\s]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const url = host !== '' && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined;
  if (!url || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) {
    throw new RangeError(`'${text}' is not a host that may be allowed: HOST, HOST:PORT or '*'`);
  }
  return { host: hostOf(url), port: port === undefined ? undefined : Number(port) };
}
