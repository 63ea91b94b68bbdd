/** Finds out which server and database the page uses, and explains invalid settings. */

export interface ServerAddress {
  /** The server's absolute URL. `http` and `ws` are equivalent, as are `https` and `wss`. */
  uri: string;
  /** The database's name or identity. */
  database: string;
}

/** Unchecked settings from one source. */
export interface AddressSource {
  /** How an error message names the source, such as "in config.json". */
  where: string;
  uri?: unknown;
  database?: unknown;
  /** The room's name on this site. */
  title?: unknown;
  /** The foreign servers that the site allows. Any server is allowed if absent. */
  servers?: unknown;
  /** The rooms that the site lists. */
  rooms?: unknown;
  /** The database of the listed room to open. */
  room?: unknown;
  /** The source could not be read at the moment. */
  unknown?: boolean;
}

/** The settings are invalid. The message is written for the reader of the page. */
export class AddressError extends Error {
  override name = 'AddressError';
}

/** The site does not allow the chosen server. */
export class ServerNotAllowedError extends AddressError {
  override name = 'ServerNotAllowedError';
}

/** A room that the site lists. */
export interface SiteRoom {
  readonly database: string;
  /** The site's name for it; its database if the site gives none. */
  readonly title: string | undefined;
}

/** The address that a page uses, and whether the server is foreign. */
export interface SiteAddress extends ServerAddress {
  /** Host and port of the server, if it is not the site's own. */
  foreign: string | undefined;
  /** The site's name for its own room. */
  title: string | undefined;
  /** The rooms that the site lists, in order, if this is one of them; otherwise empty. */
  rooms: readonly SiteRoom[];
}

export const defaultDatabase = 'quickstart-chat';

/**
 * Takes each setting from the first source that has it. Defaults to the server that serves the page and to
 * `quickstart-chat`.
 *
 * @param page the page's own URL
 * @throws {AddressError} if the resulting address is invalid
 */
export function resolveAddress(sources: readonly AddressSource[], page: URL): ServerAddress {
  const database = firstWith(sources, 'database');
  return {
    uri: uriIn(sources, page),
    database: database ? checkedDatabase(database.value, database.where) : defaultDatabase,
  };
}

function uriIn(sources: readonly AddressSource[], page: URL): string {
  const uri = firstWith(sources, 'uri');
  return uri ? checkedUri(uri.value, uri.where, page) : pageOrigin(page);
}

/**
 * Resolves the address of a site's page: what someone has chosen, if the site allows it, otherwise the site's own
 * settings. If the site lists rooms, they replace its `database` and `title`: the chosen `room`, or else the first one.
 * A chosen room that is not listed counts as none.
 *
 * @param chosen sources set by the page's URL or the visitor, highest priority first
 * @param own the site's own sources. If one of them has `servers`, only those and the site's own server may
 *   be chosen. Servers are compared by protocol, host and port; `ws` equals `http`, and `wss` equals `https`
 * @throws {ServerNotAllowedError} if the chosen server is not allowed, or the list could not be read
 * @throws {AddressError} if the resulting address is invalid
 */
export function resolveSiteAddress(
  chosen: readonly AddressSource[],
  own: readonly AddressSource[],
  page: URL,
): SiteAddress {
  const rooms = roomsIn(own);
  if (rooms.length > 0) {
    const asked = chosen.findIndex(({ room }) => rooms.some(({ database }) => database === room));
    const room = rooms.find(({ database }) => database === chosen[asked]?.room) ?? rooms[0];
    // A link to a room leads there whatever the visitor has chosen before.
    if (asked >= 0) chosen = chosen.slice(0, asked + 1);
    own = [{ where: 'in config.json', ...room }, ...own.map(({ database: _, title: __, ...rest }) => rest)];
  }
  const settings = resolveAddress([...chosen, ...own], page);
  const ownUri = ownUriIn(own, page);
  const origin = originOf(settings.uri);
  if (ownUri !== undefined && origin === originOf(ownUri)) {
    const ownDatabase = firstWith(own, 'database')?.value ?? defaultDatabase;
    const title = settings.database === ownDatabase ? titleIn(own) : undefined;
    const isListed = rooms.some(({ database }) => database === settings.database);
    return { ...settings, foreign: undefined, title, rooms: isListed ? rooms : [] };
  }
  const { host } = new URL(settings.uri);
  const where = firstWith(chosen, 'uri')?.where;
  if (isWeb(page) && own.some(({ unknown }) => unknown)) {
    throw new ServerNotAllowedError(
      `This page could not check whether its site allows the server ${host}, set ${where}. Reload the page.`,
    );
  }
  const allowed = allowedServers(own);
  if (allowed && !allowed.includes(origin)) {
    throw new ServerNotAllowedError(
      `This site does not allow the server ${host}, set ${where}. If a link brought you here, don’t trust it.`,
    );
  }
  return { ...settings, foreign: host, title: undefined, rooms: [] };
}

/** @returns the rooms in these sources; empty if there are none */
function roomsIn(sources: readonly AddressSource[]): SiteRoom[] {
  const source = sources.find(({ rooms }) => rooms !== undefined);
  if (!source) return [];
  const { where } = source;
  const list: unknown[] = Array.isArray(source.rooms) ? source.rooms : [source.rooms];
  const rooms = list.map((room): SiteRoom => {
    if (typeof room !== 'object' || room === null || !('database' in room)) throw roomsError(where);
    const title = 'title' in room ? titleIn([{ where, title: room.title }]) : undefined;
    return { database: checkedDatabase(room.database, where), title };
  });
  if (new Set(rooms.map(({ database }) => database)).size < rooms.length) throw roomsError(where);
  return rooms;
}

function roomsError(where: string): AddressError {
  return new AddressError(
    `The “rooms” ${where} must be a list of different databases, such as [{ "database": "lobby", "title": "Lobby" }].`,
  );
}

/** @returns the origins in `servers`; `undefined` if no source restricts them */
function allowedServers(sources: readonly AddressSource[]): string[] | undefined {
  const source = sources.find(({ servers }) => servers !== undefined);
  if (!source) return undefined;
  const list: unknown[] = Array.isArray(source.servers) ? source.servers : [source.servers];
  return list.map((server) => {
    if (typeof server === 'string' && URL.canParse(server) && isWeb(new URL(server))) return originOf(server);
    throw new AddressError(
      `The “servers” ${source.where} must be a list of web addresses, such as ["https://chat.example.com"].`,
    );
  });
}

/** @returns the room's name in these sources; `undefined` if there is none */
function titleIn(sources: readonly AddressSource[]): string | undefined {
  const found = firstWith(sources, 'title');
  if (!found) return undefined;
  if (typeof found.value === 'string') return found.value.trim() || undefined;
  throw new AddressError(`The “title” ${found.where} must be a text, such as "Team lounge".`);
}

/** Returns the site's own server; `undefined` if its setting is missing or invalid. */
function ownUriIn(own: readonly AddressSource[], page: URL): string | undefined {
  try {
    return uriIn(own, page);
  } catch {
    return undefined;
  }
}

function originOf(uri: string): string {
  return new URL(uri.replace(/^ws/i, 'http')).origin;
}

/** Reads the settings in the page's URL: `?uri=…&database=…`, or `?room=…` for a listed room. */
export function addressFromQuery(page: URL): AddressSource {
  return {
    where: "in this page's URL",
    uri: page.searchParams.get('uri') ?? undefined,
    database: page.searchParams.get('database') ?? undefined,
    room: page.searchParams.get('room') ?? undefined,
  };
}

/** Returns the settings that the visitor has chosen in this browser. */
export function addressFromPreferences({ uri, database }: ServerAddress): AddressSource {
  return { where: 'in your settings', uri, database };
}

/**
 * Reads the `config.json` beside the site: `{ "uri": "…", "database": "…", "title": "…", "servers": ["…"],
 * "rooms": [{ "database": "…", "title": "…" }] }`, all optional. A host without the file, including one that answers with an HTML page, gives no settings. Without a
 * response they are `unknown`.
 *
 * @throws {AddressError} if the file is not a JSON object
 */
export async function addressFromConfig(url: string | URL, get: typeof fetch): Promise<AddressSource> {
  const where = 'in config.json';
  const answer = await get(url).catch(() => undefined);
  if (!answer || answer.status >= 500) return { where, unknown: true };
  if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return { where };
  const content: unknown = await answer.json().catch(() => undefined);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new AddressError(
      'The config.json beside this page is invalid. It should look like { "uri": "https://…", "database": "…" }.',
    );
  }
  return {
    where,
    uri: 'uri' in content ? content.uri : undefined,
    database: 'database' in content ? content.database : undefined,
    ...('title' in content && { title: content.title }),
    ...('servers' in content && { servers: content.servers }),
    ...('rooms' in content && { rooms: content.rooms }),
  };
}

function firstWith(
  sources: readonly AddressSource[],
  key: 'uri' | 'database' | 'title',
): { value: unknown; where: string } | undefined {
  for (const source of sources) {
    const value = source[key];
    // An empty build variable or query parameter counts as unset.
    if (value !== undefined && value !== null && value !== '') return { value, where: source.where };
  }
  return undefined;
}

function pageOrigin(page: URL): string {
  if (isWeb(page)) return page.origin;
  throw new AddressError(
    'This page was not loaded from a web server, so it needs a server address: add ?uri=https://… to its URL.',
  );
}

function checkedUri(value: unknown, where: string, page: URL): string {
  const example = 'Use an address such as https://chat.example.com.';
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !isWeb(url)) {
    throw new AddressError(
      `The server address ${where} is not a web address: “${String(value)}”. ${example}`,
    );
  }
  if (page.protocol === 'https:' && !isSecure(url)) {
    throw new AddressError(
      `This secure page cannot use the insecure server “${url.href}” set ${where}. Use an https address.`,
    );
  }
  return url.href;
}

/** Same rules as the server: `crates/client-api-messages/src/name.rs`, or the 64 hex digits of an identity. */
function checkedDatabase(value: unknown, where: string): string {
  if (typeof value === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)) return value;
  throw new AddressError(
    `The database name “${String(value)}” ${where} is invalid. Use lowercase letters, digits and single hyphens, such as ${defaultDatabase}.`,
  );
}

function isWeb(url: URL): boolean {
  return /^(https?|wss?):$/.test(url.protocol);
}

/** Browsers treat localhost as secure with any protocol. */
function isSecure(url: URL): boolean {
  return (
    /^(https|wss):$/.test(url.protocol) ||
    /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  );
}
