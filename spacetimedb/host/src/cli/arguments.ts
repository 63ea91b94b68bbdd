import { parseLimit, type HostLimits } from '../engine/limits.ts';
import { checkTrustProxy, type TrustProxy } from '../node/http/client-address.ts';
import { parseFrameAncestors } from '../node/http/frame-ancestors.ts';
import { checkAllowedHost } from '../node/outgoing/allowed-hosts.ts';
import type { AllowPublish } from '../node/http/host-api.ts';
import { UsageError, attempt, oneOf, parseOptions, required } from './options.ts';
import {
  DEFAULT_DATA_DIR,
  parseCall,
  parseLogs,
  parsePublish,
  parseSql,
  type RemoteCommand,
} from './remote-arguments.ts';

export { UsageError } from './options.ts';

export type Command =
  /** `of` is the command to explain; all commands without it. */
  | { readonly name: 'help'; readonly of?: string }
  | { readonly name: 'version' }
  | {
      readonly name: 'start';
      readonly module: string;
      readonly database: string;
      readonly port: number;
      readonly hostname: string | undefined;
      /** `undefined` to keep the data in memory. */
      readonly dataDir: string | undefined;
      readonly staticDir: string | undefined;
      readonly limits: Partial<HostLimits>;
      readonly allowPublish: AllowPublish;
      readonly trustProxy: TrustProxy | undefined;
      readonly allowHttp: readonly string[];
      readonly frameAncestors: string | undefined;
    }
  | { readonly name: 'owner'; readonly dataDir: string }
  | { readonly name: 'backup'; readonly dataDir: string; readonly to: string }
  | { readonly name: 'restore'; readonly from: string; readonly dataDir: string }
  | { readonly name: 'generate'; readonly module: string; readonly outDir: string; readonly check: boolean }
  | RemoteCommand;

const DEFAULT_PORT = 3000;
/** The names that the real server allows (crates/client-api-messages/src/name.rs). */
const DATABASE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const PARSERS: Readonly<Record<string, (words: readonly string[]) => Command>> = {
  start: parseStart,
  publish: parsePublish,
  call: parseCall,
  sql: parseSql,
  logs: parseLogs,
  generate: parseGenerate,
  backup: parseBackup,
  restore: parseRestore,
  owner: parseOwner,
};

/** Parses the command line. @param words the words after the program's name @throws {UsageError} */
export function parseCommand(words: readonly string[]): Command {
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === '-h') return { name: 'help' };
  if (name === '--version' || name === '-V') return { name: 'version' };
  if (name === 'help') return rest[0] === undefined ? { name: 'help' } : { name: 'help', of: known(rest[0]) };
  const parse = PARSERS[known(name)] as (words: readonly string[]) => Command;
  const end = rest.indexOf('--');
  const options = end === -1 ? rest : rest.slice(0, end);
  return options.includes('--help') || options.includes('-h') ? { name: 'help', of: name } : parse(rest);
}

function known(name: string): string {
  if (Object.hasOwn(PARSERS, name)) return name;
  throw new UsageError(`there is no command '${name}'`);
}

function parseStart(words: readonly string[]): Command {
  const { values } = parseOptions(words, {
    module: { type: 'string' },
    name: { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string' },
    'data-dir': { type: 'string' },
    'in-memory': { type: 'boolean' },
    static: { type: 'string' },
    limit: { type: 'string', multiple: true },
    'allow-publish': { type: 'string' },
    'trust-proxy': { type: 'string' },
    'allow-http': { type: 'string', multiple: true },
    'frame-ancestors': { type: 'string' },
  });
  if (values['in-memory'] && values['data-dir'] !== undefined) {
    throw new UsageError('--in-memory and --data-dir exclude each other');
  }
  return {
    name: 'start',
    module: required(values.module, '--module'),
    database: parseDatabaseName(required(values.name, '--name')),
    port: values.port === undefined ? DEFAULT_PORT : parsePort(values.port),
    hostname: values.host,
    dataDir: values['in-memory'] ? undefined : (values['data-dir'] ?? DEFAULT_DATA_DIR),
    staticDir: values.static,
    limits: parseLimits(values.limit ?? []),
    allowPublish: oneOf('--allow-publish', values['allow-publish'] ?? 'owner', ['owner', 'anyone']),
    trustProxy: values['trust-proxy'] === undefined ? undefined : parseTrustProxy(values['trust-proxy']),
    allowHttp: attempt(() => (values['allow-http'] ?? []).map(checkAllowedHost)),
    frameAncestors: parseFrames(values['frame-ancestors']),
  };
}

function parseGenerate(words: readonly string[]): Command {
  const { values } = parseOptions(words, {
    module: { type: 'string' },
    out: { type: 'string' },
    check: { type: 'boolean' },
  });
  return {
    name: 'generate',
    module: required(values.module, '--module'),
    outDir: required(values.out, '--out'),
    check: values.check ?? false,
  };
}

function parseOwner(words: readonly string[]): Command {
  const { values } = parseOptions(words, { reset: { type: 'boolean' }, 'data-dir': { type: 'string' } });
  if (!values.reset) throw new UsageError('--reset is missing');
  return { name: 'owner', dataDir: values['data-dir'] ?? DEFAULT_DATA_DIR };
}

function parseBackup(words: readonly string[]): Command {
  const { values, positionals } = parseOptions(words, { 'data-dir': { type: 'string' } }, ['FOLDER']);
  return { name: 'backup', dataDir: values['data-dir'] ?? DEFAULT_DATA_DIR, to: positionals[0] ?? '' };
}

function parseRestore(words: readonly string[]): Command {
  const { values, positionals } = parseOptions(words, { 'data-dir': { type: 'string' } }, ['FOLDER']);
  return { name: 'restore', from: positionals[0] ?? '', dataDir: values['data-dir'] ?? DEFAULT_DATA_DIR };
}

/**
 * Parses limits, each as `NAME=VALUE`. The last value of a name wins.
 *
 * @throws {UsageError}
 */
export function parseLimits(words: readonly string[]): Partial<HostLimits> {
  return attempt(() => Object.assign({}, ...words.map(parseLimit)) as Partial<HostLimits>);
}

/**
 * Parses the number of proxies in front of the host, or the name of the header with a client's address.
 *
 * @throws {UsageError}
 */
export function parseTrustProxy(text: string): TrustProxy {
  return attempt(() => checkTrustProxy(/^\d+$/.test(text) ? Number(text) : text));
}

function parseFrames(text: string | undefined): string | undefined {
  return text === undefined ? undefined : attempt(() => parseFrameAncestors(text));
}

/** @throws {UsageError} */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`'${text}' is not a port: 0 to 65535`);
  return port;
}

/** @throws {UsageError} */
export function parseDatabaseName(text: string): string {
  if (!DATABASE_NAME.test(text)) {
    throw new UsageError(
      `'${text}' is not a database name: lower-case letters and digits, with single dashes between`,
    );
  }
  return text;
}
