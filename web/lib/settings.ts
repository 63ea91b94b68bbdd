/** Which server and database the page talks to, and why it cannot when the settings are wrong. */

export interface Settings {
  /** The server's address, as an absolute URL; `http` and `ws` mean the same, as do `https` and `wss`. */
  uri: string;
  /** The database's name or identity. */
  database: string;
}

/** One place that settings can come from, as found there and not yet checked. */
export interface SettingsSource {
  /** How the place is called in an explanation: "in config.json". */
  where: string;
  uri?: unknown;
  database?: unknown;
}

/** The settings cannot be used; the message explains it to whoever reads the page. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

export const defaultDatabase = 'quickstart-chat';

/**
 * The settings, each from the first of `sources` that has it; else the server that serves the page, and the
 * default database.
 *
 * @param page the page's own address
 * @throws {SettingsError} when the one that applies cannot be right
 */
export function resolveSettings(sources: readonly SettingsSource[], page: URL): Settings {
  const uri = firstWith(sources, 'uri');
  const database = firstWith(sources, 'database');
  return {
    uri: uri ? checkedUri(uri.value, uri.where, page) : pageOrigin(page),
    database: database ? checkedDatabase(database.value, database.where) : defaultDatabase,
  };
}

/** The settings in the page's address: `?uri=…&database=…`. */
export function settingsFromQuery(page: URL): SettingsSource {
  return {
    where: "in this page's address",
    uri: page.searchParams.get('uri') ?? undefined,
    database: page.searchParams.get('database') ?? undefined,
  };
}

/** The settings that the visitor has chosen for this browser. */
export function settingsFromVisitor({ uri, database }: Settings): SettingsSource {
  return { where: 'in your settings', uri, database };
}

/**
 * The settings in the `config.json` beside the site: `{ "uri": "…", "database": "…" }`, both optional. A host
 * without the file gives none, also when it answers with a page of its own instead of an error.
 *
 * @throws {SettingsError} when the file is there but is no JSON object
 */
export async function settingsFromFile(url: string | URL, get: typeof fetch): Promise<SettingsSource> {
  const where = 'in config.json';
  const answer = await get(url).catch(() => undefined);
  if (!answer?.ok || !answer.headers.get('content-type')?.includes('json')) return { where };
  const content: unknown = await answer.json().catch(() => undefined);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SettingsError(
      'The file config.json beside this page cannot be read. It should look like { "uri": "https://…", "database": "…" }.',
    );
  }
  return {
    where,
    uri: 'uri' in content ? content.uri : undefined,
    database: 'database' in content ? content.database : undefined,
  };
}

function firstWith(
  sources: readonly SettingsSource[],
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
  throw new SettingsError(
    'This page was not loaded from a web server, so it must be told which server to use: add ?uri=https://… to its address.',
  );
}

function checkedUri(value: unknown, where: string, page: URL): string {
  const example = 'An address looks like https://chat.example.com.';
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !isWeb(url)) {
    throw new SettingsError(
      `The server address ${where} is not a web address: “${String(value)}”. ${example}`,
    );
  }
  if (page.protocol === 'https:' && !isSecure(url)) {
    throw new SettingsError(
      `Browsers do not let this page, which was loaded securely, use the insecure server “${url.href}” named ${where}. Use an https address.`,
    );
  }
  return url.href;
}

/** As the server checks them: `crates/client-api-messages/src/name.rs`, and an identity's 64 hex digits. */
function checkedDatabase(value: unknown, where: string): string {
  if (typeof value === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)) return value;
  throw new SettingsError(
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
