import { UsageError, oneOf, parseOptions } from './options.ts';

/** The server and the identity to use. */
export interface Target {
  /** For example `http://localhost:3000`, without a trailing slash. */
  readonly server: string;
  readonly credentials:
    | { readonly kind: 'token'; readonly token: string }
    /** The owner's token of a data folder. */
    | { readonly kind: 'owner'; readonly dataDir: string }
    | { readonly kind: 'anonymous' };
}

/** When to delete the stored data: always, only if it does not fit the new schema, or never. */
type DeleteData = 'always' | 'on-conflict' | 'never';

export type RemoteCommand =
  | {
      readonly name: 'publish';
      readonly target: Target;
      readonly database: string;
      readonly source:
        | { readonly kind: 'folder'; readonly path: string }
        | { readonly kind: 'program'; readonly path: string };
      readonly deleteData: DeleteData;
      readonly mayBreakClients: boolean;
      /** Answer every question with yes. */
      readonly yes: boolean;
    }
  | {
      readonly name: 'call';
      readonly target: Target;
      readonly database: string;
      readonly reducer: string;
      readonly args: readonly string[];
    }
  | { readonly name: 'sql'; readonly target: Target; readonly database: string; readonly query: string }
  | {
      readonly name: 'logs';
      readonly target: Target;
      readonly database: string;
      readonly lines: number | undefined;
      readonly follow: boolean;
      readonly format: 'text' | 'json';
    };

export const DEFAULT_DATA_DIR = '.spacetimedb';
const DEFAULT_FOLLOWED_LINES = 10;
const SERVERS: Readonly<Record<string, string>> = {
  local: 'http://localhost:3000',
  maincloud: 'https://maincloud.spacetimedb.com',
};

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
/** The options that choose the server and the identity. */
export const TARGET = {
  server: { ...text, short: 's' },
  token: text,
  'data-dir': text,
  anonymous: flag,
} as const;

/** @throws {UsageError} */
export function parsePublish(words: readonly string[]): RemoteCommand {
  const { values, positionals } = parseOptions(
    // Node's parser does not support options with an optional value.
    words.map((word) => (word === '--delete-data' || word === '-c' ? '--delete-data=always' : word)),
    {
      ...TARGET,
      'module-path': { ...text, short: 'p' },
      'js-path': { ...text, short: 'j' },
      'delete-data': text,
      'break-clients': flag,
      yes: { ...flag, short: 'y' },
    },
    ['DATABASE'],
  );
  const { 'module-path': folder, 'js-path': program } = values;
  if (folder !== undefined && program !== undefined) {
    throw new UsageError('--module-path and --js-path exclude each other');
  }
  return {
    name: 'publish',
    target: parseTarget(values),
    database: positionals[0] ?? '',
    source:
      program === undefined ? { kind: 'folder', path: folder ?? '.' } : { kind: 'program', path: program },
    deleteData: oneOf('--delete-data', values['delete-data'] ?? 'never', ['always', 'on-conflict', 'never']),
    mayBreakClients: values['break-clients'] ?? false,
    yes: values.yes ?? false,
  };
}

/** @throws {UsageError} */
export function parseCall(words: readonly string[]): RemoteCommand {
  const { values, positionals } = parseOptions(words, TARGET, ['DATABASE', 'FUNCTION', 'ARGUMENTS…']);
  const [database = '', reducer = '', ...args] = positionals;
  return { name: 'call', target: parseTarget(values), database, reducer, args };
}

/** @throws {UsageError} */
export function parseSql(words: readonly string[]): RemoteCommand {
  const { values, positionals } = parseOptions(words, TARGET, ['DATABASE', 'QUERY']);
  const [database = '', query = ''] = positionals;
  return { name: 'sql', target: parseTarget(values), database, query };
}

/** @throws {UsageError} */
export function parseLogs(words: readonly string[]): RemoteCommand {
  const { values, positionals } = parseOptions(
    words,
    {
      ...TARGET,
      'num-lines': { ...text, short: 'n' },
      follow: { ...flag, short: 'f' },
      format: text,
    },
    ['DATABASE'],
  );
  const follow = values.follow ?? false;
  const lines = values['num-lines'];
  return {
    name: 'logs',
    target: parseTarget(values),
    database: positionals[0] ?? '',
    lines: lines === undefined ? (follow ? DEFAULT_FOLLOWED_LINES : undefined) : parseLines(lines),
    follow,
    format: oneOf('--format', values.format ?? 'text', ['text', 'json']),
  };
}

/** @param values of the options {@link TARGET} @throws {UsageError} */
export function parseTarget(values: {
  server?: string | undefined;
  token?: string | undefined;
  'data-dir'?: string | undefined;
  anonymous?: boolean | undefined;
}): Target {
  const { token, 'data-dir': dataDir, anonymous = false } = values;
  const given = [token !== undefined, dataDir !== undefined, anonymous].filter(Boolean);
  if (given.length > 1) throw new UsageError('--token, --data-dir and --anonymous exclude each other');
  const server = parseServer(values.server ?? 'local');
  if (anonymous) return { server, credentials: { kind: 'anonymous' } };
  if (token !== undefined) return { server, credentials: { kind: 'token', token: token.trim() } };
  if (dataDir === undefined && !isThisMachine(server)) {
    // A host's owner token is valid only there, so it must not be sent to another server by accident.
    throw new UsageError(
      `${server} is not on this machine: add --token TOKEN, --data-dir DIR or --anonymous`,
    );
  }
  return { server, credentials: { kind: 'owner', dataDir: dataDir ?? DEFAULT_DATA_DIR } };
}

/** @returns the URL without a trailing slash @throws {UsageError} */
function parseServer(name: string): string {
  const known = SERVERS[name];
  if (known !== undefined) return known;
  const address = /^https?:\/\//i.test(name) ? name : `http://${name}`;
  if (!URL.canParse(address)) {
    throw new UsageError(`'${name}' is not a server's address, such as http://localhost:3000`);
  }
  const { origin, pathname } = new URL(address);
  return origin + pathname.replace(/\/+$/, '');
}

function isThisMachine(server: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(server).hostname);
}

function parseLines(value: string): number {
  const count = Number(value);
  if (/^\d+$/.test(value) && count < 2 ** 32) return count;
  throw new UsageError(`--num-lines is a number of lines, not '${value}'`);
}
