/** Limits on the resources that modules and clients may use. `Infinity` removes a limit. */
export interface HostLimits {
  /**
   * Milliseconds that a reducer, a view, a procedure, an HTTP handler or a program's top level may run. Time spent
   * waiting for HTTP does not count.
   */
  readonly callMillis: number;
  /** Procedures and HTTP handlers of one database that run at the same time. Others wait. */
  readonly procedures: number;
  /** Bytes of memory that the values of each of them may take. A thread that needs more is ended. */
  readonly procedureBytes: number;
  /** HTTP requests that one call of a procedure or an HTTP handler may send. */
  readonly fetches: number;
  /** Bytes of one such request, and of its answer. */
  readonly fetchBytes: number;
  /** Milliseconds that one such request may take. */
  readonly fetchMillis: number;
  /** Rows that one transaction may insert, update or delete. */
  readonly transactionRows: number;
  /** Bytes of rows that one transaction may add. */
  readonly transactionBytes: number;
  /** Size of a published program in bytes. */
  readonly programBytes: number;
  /** Databases on one host. */
  readonly databases: number;
  /** Rows that a query may return, unless the owner runs it. */
  readonly queryRows: number;
  /** Bytes of rows that a query may return, unless the owner runs it. */
  readonly queryBytes: number;
  /** Milliseconds that a query may take, unless the owner runs it. */
  readonly queryMillis: number;
  /** Rows that the host may read to compute what one transaction changes in one subscribed join. */
  readonly updateRows: number;
  /** Bytes that may wait for a slow client, in addition to the largest response that it requested. */
  readonly outgoingBytes: number;
  /** Bytes that may wait for all clients together. Beyond that, large responses are refused. */
  readonly outgoingBytesPerHost: number;
  /** Subscribed queries of one connection. */
  readonly queriesPerConnection: number;
  /** Different subscribed queries on one host. */
  readonly queriesPerHost: number;
  /** Open WebSockets from one address. */
  readonly connectionsPerAddress: number;
  /** Bytes of incomplete incoming messages, all clients together. */
  readonly unfinishedBytes: number;
  /** New identities for one address per minute. */
  readonly identitiesPerMinute: number;
  /** Reducer calls and queries from one address per second. */
  readonly callsPerSecond: number;
}

/** The default of each limit, and its description on the command line. */
export const LIMITS: { readonly [Name in keyof HostLimits]: { default: number; description: string } } = {
  callMillis: {
    default: 10_000,
    description: 'milliseconds that a reducer, view, procedure or HTTP handler may run',
  },
  procedures: { default: 4, description: 'procedures and HTTP handlers of one database that run at once' },
  procedureBytes: { default: 256 * 1024 * 1024, description: 'bytes of memory of each of them' },
  fetches: { default: 100, description: 'HTTP requests that one of their calls may send' },
  fetchBytes: { default: 8 * 1024 * 1024, description: 'bytes of one such request, and of its answer' },
  fetchMillis: { default: 180_000, description: 'milliseconds that one such request may take' },
  transactionRows: { default: 1_000_000, description: 'rows that one transaction may change' },
  transactionBytes: { default: 256 * 1024 * 1024, description: 'bytes of rows that one transaction may add' },
  programBytes: { default: 32 * 1024 * 1024, description: 'bytes of a published program' },
  databases: { default: 100, description: 'databases on this host' },
  queryRows: { default: 1_000_000, description: 'rows of a query (the owner is not limited)' },
  queryBytes: { default: 128 * 1024 * 1024, description: 'bytes of a query (the owner is not limited)' },
  queryMillis: {
    default: 2_000,
    description: 'milliseconds that a query may take (the owner is not limited)',
  },
  updateRows: { default: 100_000, description: 'rows read per transaction to update one subscribed join' },
  outgoingBytes: { default: 32 * 1024 * 1024, description: 'bytes that may wait for a slow client' },
  outgoingBytesPerHost: {
    default: 512 * 1024 * 1024,
    description: 'bytes that may wait for all clients before large responses are refused',
  },
  queriesPerConnection: { default: 1_000, description: 'subscribed queries of one connection' },
  queriesPerHost: { default: 20_000, description: 'different subscribed queries of all connections' },
  connectionsPerAddress: { default: 200, description: 'open WebSockets from one address' },
  unfinishedBytes: { default: 256 * 1024 * 1024, description: 'bytes of incomplete messages of all clients' },
  identitiesPerMinute: { default: 60, description: 'new identities for one address per minute' },
  callsPerSecond: { default: 500, description: 'calls and queries from one address per second' },
};

export const DEFAULT_LIMITS = Object.fromEntries(
  Object.entries(LIMITS).map(([name, limit]) => [name, limit.default]),
) as unknown as HostLimits;

/**
 * Parses one `NAME=VALUE` of the command line.
 *
 * @param text a limit's name and a whole number, or `none` for no limit
 * @throws {RangeError} with a message that explains the problem
 */
export function parseLimit(text: string): Partial<HostLimits> {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (!Object.hasOwn(LIMITS, name)) {
    throw new RangeError(`'${text}' is not a limit; the limits are ${Object.keys(LIMITS).join(', ')}`);
  }
  if (value === 'none') return { [name]: Infinity };
  if (!/^\d+$/.test(value))
    throw new RangeError(`'${value}' is not a whole number or 'none' (limit ${name})`);
  return { [name]: Number(value) };
}
