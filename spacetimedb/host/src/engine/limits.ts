/** Bounds on what a host does for its modules and for strangers. `Infinity` removes a bound. */
export interface HostLimits {
  /** Milliseconds that a reducer, a view or a program's top level may run before it is stopped. */
  readonly callMillis: number;
  /** Rows that one transaction may insert, update or delete. */
  readonly transactionRows: number;
  /** Bytes of rows that one transaction may add. */
  readonly transactionBytes: number;
  /** Bytes that a published program may have. */
  readonly programBytes: number;
  /** Databases that one host may hold. */
  readonly databases: number;
  /** Rows that a query of anybody but the owner may return. */
  readonly queryRows: number;
  /** Bytes of rows that a query of anybody but the owner may return. */
  readonly queryBytes: number;
  /** Milliseconds that a query of anybody but the owner may take. */
  readonly queryMillis: number;
  /** Rows that the host looks at to tell what one transaction changes in one subscribed join. */
  readonly updateRows: number;
  /** Bytes that may wait for a client that does not read them, beside the largest answer that it asked for. */
  readonly outgoingBytes: number;
  /** Bytes that may wait for all clients together before large answers are refused. */
  readonly outgoingBytesPerHost: number;
  /** Subscribed queries of one connection. */
  readonly queriesPerConnection: number;
  /** Different subscribed queries of one host. */
  readonly queriesPerHost: number;
  /** Open WebSockets from one address. */
  readonly connectionsPerAddress: number;
  /** Bytes of messages of all clients whose end has not come yet. */
  readonly unfinishedBytes: number;
  /** New identities for one address each minute. */
  readonly identitiesPerMinute: number;
  /** Reducer calls and queries from one address each second. */
  readonly callsPerSecond: number;
}

/** What each limit is when nobody sets it, and how the command line describes it. */
export const LIMITS: { readonly [Name in keyof HostLimits]: { default: number; description: string } } = {
  callMillis: { default: 10_000, description: 'milliseconds that a reducer or view may run' },
  transactionRows: { default: 1_000_000, description: 'rows that one transaction may change' },
  transactionBytes: { default: 256 * 1024 * 1024, description: 'bytes of rows that one transaction may add' },
  programBytes: { default: 32 * 1024 * 1024, description: 'bytes of a published program' },
  databases: { default: 100, description: 'databases on this host' },
  queryRows: { default: 1_000_000, description: "rows of a stranger's query" },
  queryBytes: { default: 128 * 1024 * 1024, description: "bytes of a stranger's query" },
  queryMillis: { default: 2_000, description: "milliseconds that a stranger's query may take" },
  updateRows: { default: 100_000, description: 'rows looked at for one subscribed join and transaction' },
  outgoingBytes: { default: 32 * 1024 * 1024, description: 'bytes that may wait for a slow client' },
  outgoingBytesPerHost: {
    default: 512 * 1024 * 1024,
    description: 'bytes that may wait for all clients before large answers are refused',
  },
  queriesPerConnection: { default: 1_000, description: 'subscribed queries of one connection' },
  queriesPerHost: { default: 20_000, description: 'different subscribed queries of all connections' },
  connectionsPerAddress: { default: 200, description: 'open WebSockets from one address' },
  unfinishedBytes: { default: 256 * 1024 * 1024, description: 'bytes of unfinished messages of all clients' },
  identitiesPerMinute: { default: 60, description: 'new identities for one address each minute' },
  callsPerSecond: { default: 500, description: 'calls and queries from one address each second' },
};

export const DEFAULT_LIMITS = Object.fromEntries(
  Object.entries(LIMITS).map(([name, limit]) => [name, limit.default]),
) as unknown as HostLimits;

/**
 * Reads one `NAME=VALUE` of the command line.
 *
 * @param text a limit's name and a whole number, or `none` for no limit
 * @throws {RangeError} with a sentence that says what is wrong
 */
export function parseLimit(text: string): Partial<HostLimits> {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (!Object.hasOwn(LIMITS, name)) {
    throw new RangeError(`'${text}' is not a limit; there are ${Object.keys(LIMITS).join(', ')}`);
  }
  if (value === 'none') return { [name]: Infinity };
  if (!/^\d+$/.test(value)) throw new RangeError(`'${value}' is not a whole number or 'none' (${name})`);
  return { [name]: Number(value) };
}
