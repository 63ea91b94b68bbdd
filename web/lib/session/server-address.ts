/** Which server and database the page talks to, and why it cannot when the settings are wrong. */

export interface ServerAddress {
  /** The server's address, as an absolute URL; `http` and `ws` mean the same, as do `https` and `wss`. */
  uri: string;
  /** The database's name or identity. */
  database: string;
}

/** One place that settings can come from, as found there and not yet checked. */
export interface AddressSource {
  /** How the place is called in an explanation: "in config.json". */
  where: string;
  uri?: unknown;
  database?: unknown;
  /** The servers that a site allows besides its own one; absent where it allows any. */
  servers?: unknown;
  /** What the place says could not be found out just now. */
  unknown?: boolean;
}

/** The settings cannot be used; the message explains it to whoever reads the page. */
export class AddressError extends Error {
  override name = 'AddressError';
}

/** The server that applies is not one that this site allows. */
export class ServerNotAllowedError extends AddressError {
  override name = 'ServerNotAllowedError';
}

/** What a page is to use, and whether that is what its site comes with. */
export interface SiteAddress extends ServerAddress {
  /** Host and port of the server, when it is another one than the site's own. */
  foreign: string | undefined;
}

export const defaultDatabase = 'quickstart-chat';

/**
 * The settings, each from the first of `sources` that has it; else the server that serves the page, and the
 * default database.
 *
 * @param page the page's own address
 * @throws {AddressError} when the one that applies cannot be right
 */
export function resolveAddress(sources: readonly AddressSource[], page: URL): ServerAddress {
  const uri = firstWith(sources, 'uri');
  const database = firstWith(sources, 'database');
  return {
    uri: uri ? checkedUri(uri.value, uri.where, page) : pageOrigin(page),
    database: database ? checkedDatabase(database.value, database.where) : defaultDatabase,
  };
}

/**
 * The settings for a page of a site: what somebody has chosen for it, as far as the site allows it, and else what the site
 * comes with.
 *
 * @param chosen by the page's address or the visitor; the first one that names a server or a database wins
 * @param own what the site comes with. When one of these has `servers`, no other server than those and the site's own may
 *   be chosen. Servers are compared by protocol, host and port; `ws` is the same as `http`, and `wss` as `https`
 * @throws {ServerNotAllowedError} when the server that was chosen is not allowed, or it is not known whether it is
 * @throws {AddressError} when a setting that applies cannot be right
 */
export function resolveSiteAddress(
  chosen: readonly AddressSource[],
  own: readonly AddressSource[],
  page: URL,
): SiteAddress {
  const settings = resolveAddress([...chosen, ...own], page);
  const ownUri = ownServer(own, page);
  const origin = originOf(settings.uri);
  if (origin === ownUri) return { ...settings, foreign: undefined };
  const { host } = new URL(settings.uri);
  const where = firstWith(chosen, 'uri')?.where;
  if (isWeb(page) && own.some(({ unknown }) => unknown)) {
    throw new ServerNotAllowedError(
      `This page cannot find out just now whether its site allows the server ${host}, named ${where}. Load the page again.`,
    );
  }
  const allowed = allowedServers(own);
  if (allowed && !allowed.includes(origin)) {
    throw new ServerNotAllowedError(
      `This site does not allow the server ${host}, named ${where}. If a link brought you here, do not trust it.`,
    );
  }
  return { ...settings, foreign: host };
}

/** @returns the origins that `servers` names; `undefined` when no source limits them */
function allowedServers(sources: readonly AddressSource[]): string[] | undefined {
  const source = sources.find(({ servers }) => servers !== undefined);
  if (!source) return undefined;
  const list: unknown[] = Array.isArray(source.servers) ? source.servers : [source.servers];
  return list.map((server) => {
    if (typeof server === 'string' && URL.canParse(server) && isWeb(new URL(server))) return originOf(server);
    throw new AddressError(
      `The “servers” ${source.where} have to be a list of web addresses, like ["https://chat.example.com"].`,
    );
  });
}

/** The origin of the server that a site comes with; `undefined` where it comes with none, or with a wrong one. */
function ownServer(own: readonly AddressSource[], page: URL): string | undefined {
  try {
    return originOf(resolveAddress(own, page).uri);
  } catch {
    return undefined;
  }
}

function originOf(uri: string): string {
  return new URL(uri.replace(/^ws/i, 'http')).origin;
}

/** The settings in the page's address: `?uri=…&database=…`. */
export function addressFromQuery(page: URL): AddressSource {
  return {
    where: "in this page's address",
    uri: page.searchParams.get('uri') ?? undefined,
    database: page.searchParams.get('database') ?? undefined,
  };
}

/** The settings that the visitor has chosen for this browser. */
export function addressFromPreferences({ uri, database }: ServerAddress): AddressSource {
  return { where: 'in your settings', uri, database };
}

/**
 * The settings in the `config.json` beside the site: `{ "uri": "…", "database": "…", "servers": ["…"] }`, all optional. A
 * host without the file gives none, also when it answers with a page of its own instead of an error. Without any answer
 * they are `unknown`.
 *
 * @throws {AddressError} when the file is there but is no JSON object
 */
export async function addressFromConfig(url: string | URL, get: typeof fetch): Promise<AddressSource> {
  const where = 'in config.json';
  const answer = await get(url).catch(() => undefined);
  if (!answer || answer.status >= 500) return { where, unknown: true };
  if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return { where };
  const content: unknown = await answer.json().catch(() => undefined);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new AddressError(
      'The file config.json beside this page cannot be read. It should look like { "uri": "https://…", "database": "…" }.',
    );
  }
  return {
    where,
    uri: 'uri' in content ? content.uri : undefined,
    database: 'database' in content ? content.database : undefined,
    ...('servers' in content && { servers: content.servers }),
  };
}

function firstWith(
  sources: readonly AddressSource[],
  key: 'uri' | 'database',
): { value: unknown; where: string } | undefined {
  for (const source of sources) {
    const value = source[key];
    // A variable that is set to nothing, or a parameter without a value, says nothing.
    if (value !== undefined && value !== null && value !== '') return { value, where: source.where };
  }
  return undefined;
}

function pageOrigin(page: URL): string {
  if (isWeb(page)) return page.origin;
  throw new AddressError(
    'This page was not loaded from a web server, so it must be told which server to use: add ?uri=https://… to its address.',
  );
}

function checkedUri(value: unknown, where: string, page: URL): string {
  const example = 'An address looks like https://chat.example.com.';
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !isWeb(url)) {
    throw new AddressError(
      `The server address ${where} is not a web address: “${String(value)}”. ${example}`,
    );
  }
  if (page.protocol === 'https:' && !isSecure(url)) {
    throw new AddressError(
      `Browsers do not let this page, which was loaded securely, use the insecure server “${url.href}” named ${where}. Use an https address.`,
    );
  }
  return url.href;
}

/** As the server checks them: `crates/client-api-messages/src/name.rs`, and an identity's 64 hex digits. */
function checkedDatabase(value: unknown, where: string): string {
  if (typeof value === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)) return value;
  throw new AddressError(
    `No database can be called “${String(value)}”, as it is ${where}. Names have small letters, digits and single hyphens, like ${defaultDatabase}.`,
  );
}

function isWeb(url: URL): boolean {
  return /^(https?|wss?):$/.test(url.protocol);
}

/** Browsers treat their own machine as secure, whatever the protocol. */
function isSecure(url: URL): boolean {
  return (
    /^(https|wss):$/.test(url.protocol) ||
    /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  );
}
