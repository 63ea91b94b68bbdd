import { parseArgs } from 'node:util';
import { parseLimit, type HostLimits } from '../engine/limits.ts';
import { checkTrustProxy, type TrustProxy } from '../node/http/client-address.ts';
import { parseFrameAncestors } from '../node/http/frame-ancestors.ts';
import type { AllowPublish } from '../node/http/host-api.ts';

/** Words on the command line that make no sense; `message` says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | {
      readonly name: 'start';
      readonly module: string;
      readonly database: string;
      readonly port: number;
      readonly hostname: string | undefined;
      /** `undefined` for in memory. */
      readonly dataDir: string | undefined;
      readonly staticDir: string | undefined;
      readonly limits: Partial<HostLimits>;
      readonly allowPublish: AllowPublish;
      readonly trustProxy: TrustProxy | undefined;
      readonly frameAncestors: string | undefined;
    }
  | { readonly name: 'owner'; readonly dataDir: string }
  | { readonly name: 'generate'; readonly module: string; readonly outDir: string; readonly check: boolean };

const DEFAULT_PORT = 3000;
const DEFAULT_DATA_DIR = '.spacetimedb';
/** As the real server names databases (crates/client-api-messages/src/name.rs). */
const DATABASE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** @param words what follows the program's name @throws {UsageError} */
export function parseCommand(words: readonly string[]): Command {
  const [name, ...rest] = words;
  switch (name) {
    case undefined:
    case '--help':
    case '-h':
    case 'help':
      return { name: 'help' };
    case '--version':
      return { name: 'version' };
    case 'start':
      return parseStart(rest);
    case 'generate':
      return parseGenerate(rest);
    case 'owner':
      return parseOwner(rest);
    default:
      throw new UsageError(`there is no command '${name}'`);
  }
}

function parseStart(words: readonly string[]): Command {
  const values = parse(words, {
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
    allowPublish: parseAllowPublish(values['allow-publish'] ?? 'owner'),
    trustProxy: values['trust-proxy'] === undefined ? undefined : parseTrustProxy(values['trust-proxy']),
    frameAncestors:
      values['frame-ancestors'] === undefined
        ? undefined
        : checked(values['frame-ancestors'], parseFrameAncestors),
  };
}

function parseGenerate(words: readonly string[]): Command {
  const values = parse(words, {
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
  const values = parse(words, { reset: { type: 'boolean' }, 'data-dir': { type: 'string' } });
  if (!values.reset) throw new UsageError('--reset is missing');
  return { name: 'owner', dataDir: values['data-dir'] ?? DEFAULT_DATA_DIR };
}

/**
 * Parses limits as `NAME=VALUE`. The last value of a name counts.
 *
 * @throws {UsageError}
 */
export function parseLimits(words: readonly string[]): Partial<HostLimits> {
  try {
    return Object.assign({}, ...words.map(parseLimit)) as Partial<HostLimits>;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function parseAllowPublish(text: string): AllowPublish {
  if (text === 'owner' || text === 'anyone') return text;
  throw new UsageError(`--allow-publish is 'owner' or 'anyone', not '${text}'`);
}

/**
 * Parses the number of proxies in front of the host, or the name of the header with a client's address.
 *
 * @throws {UsageError}
 */
export function parseTrustProxy(text: string): TrustProxy {
  return checked(text, (value) => checkTrustProxy(/^\d+$/.test(value) ? Number(value) : value));
}

function checked<Result>(text: string, check: (text: string) => Result): Result {
  try {
    return check(text);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
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

function parse<Options extends NonNullable<Parameters<typeof parseArgs>[0]>['options'] & {}>(
  words: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...words], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function required(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is missing`);
  return value;
}
