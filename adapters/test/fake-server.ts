import { gzipSync } from 'node:zlib';
import {
  AlgebraicType,
  BinaryReader,
  BinaryWriter,
  ConnectionId,
  Identity,
  t,
  TimeDuration,
  Timestamp,
} from 'spacetimedb';
import { valueText } from '../src/compare.ts';
import type { Environment, SocketLike } from '../src/types.ts';
import { feature, featureTables, procedures, readFeatureArgs } from './fake-features.ts';
import MessageRow from './module_bindings/message_table.ts';
import UserRow from './module_bindings/user_table.ts';
import { concat, decode, encode, type ClientMessage, type ServerMessage } from './protocol.ts';
import { parseQuery, type ParsedQuery } from './sql.ts';

export type User = { identity: Identity; name: string | undefined; online: boolean };
export type Message = { sender: Identity; sent: Timestamp; text: string };
export type Row = Record<string, unknown>;
export type Table = 'user' | 'message' | keyof typeof featureTables;

const rowTypes = { user: UserRow, message: MessageRow, ...featureTables };
const tableNames = Object.keys(rowTypes) as Table[];
const writers = Object.fromEntries(
  tableNames.map((table) => [table, AlgebraicType.makeSerializer(rowTypes[table].algebraicType)]),
) as Record<Table, ReturnType<typeof AlgebraicType.makeSerializer>>;
const readArgs = AlgebraicType.makeDeserializer(t.object('Args', { value: t.string() }).algebraicType);

type Changes = { readonly inserts: Row[]; readonly deletes: Row[] };
export type TableChanges = Partial<Record<Table, Changes>>;

interface QuerySet {
  readonly id: number;
  readonly query: ParsedQuery;
}

function microsOf(time: unknown): bigint {
  return (time as Timestamp).microsSinceUnixEpoch;
}

/** Encodes a row list in the server's format. */
function rowList(table: Table, rows: readonly Row[]) {
  const writer = new BinaryWriter(256);
  const offsets: bigint[] = [];
  for (const row of rows) {
    offsets.push(BigInt(writer.offset));
    writers[table](writer, row);
  }
  return { sizeHint: { tag: 'RowOffsets' as const, value: offsets }, rowsData: writer.getBuffer().slice() };
}

/**
 * An in-memory server that speaks v3 over sockets that the adapter opens through its environment: a plain model of
 * tables and subscriptions that can hold back, merge, compress and break its messages.
 */
export class FakeServer {
  /** The rows of the tables. */
  readonly tables = Object.fromEntries(tableNames.map((table) => [table, new Map<unknown, Row>()])) as Record<
    Table,
    Map<unknown, Row>
  >;
  /** The messages of each microsecond, for joins. */
  readonly #messagesAt = new Map<bigint, Row[]>();
  readonly sockets: FakeSocket[] = [];
  readonly requests: string[] = [];
  /** Subscriptions and unsubscriptions, in order. */
  readonly log: string[] = [];
  /** Set to refuse connections, or tokens. */
  down = false;
  hasDatabase = true;
  /** Answers every HTTP request like something other than SpacetimeDB, such as a file server. */
  answer: (() => Response) | undefined;
  badTokens = new Set<string>();
  /** The refusal of `client_connected` for everyone. */
  refusal: string | undefined;
  /** Errors for queries, by a part of their text. */
  readonly refused = new Map<string, string>();
  protocol = 'v3.bsatn.spacetimedb';
  /** Holds answers back until `release`. */
  holding = false;
  /** How to answer a reducer call; undefined leaves it unanswered. */
  onCall: (call: {
    reducer: string;
    text: string;
    /** The arguments of a reducer that is not part of the tutorial. */
    args?: Row;
    socket: FakeSocket;
  }) => 'ok' | { error: string } | undefined = ({ reducer, text, args, socket }) => {
    if (args) return feature(this, reducer, args, socket);
    const now = Timestamp.fromDate(new Date(this.clock++));
    const changes: TableChanges =
      reducer === 'send_message'
        ? { message: { inserts: [{ sender: socket.identity, sent: now, text }], deletes: [] } }
        : this.userUpdate(socket.identity, { name: text });
    this.commit(changes, socket);
    return 'ok';
  };
  clock = Date.UTC(2026, 10, 24, 12);
  #identities = 1n;
  #tokens = new Map<string, Identity>();

  /** For `ConnectOptions.environment`. */
  readonly environment: Pick<Environment, 'openSocket' | 'fetch'> = {
    openSocket: (url, protocols) => {
      const socket = new FakeSocket(this, new URL(url), protocols);
      this.sockets.push(socket);
      return socket;
    },
    fetch: (url, { headers }) => {
      this.requests.push(url.pathname);
      if (this.down) return Promise.reject(new TypeError('fetch failed'));
      if (this.answer) return Promise.resolve(this.answer());
      if (url.pathname === '/v1/ping') return Promise.resolve(new Response(null));
      if (url.pathname.endsWith('/websocket-token')) {
        const token = headers?.['Authorization']?.replace('Bearer ', '') ?? '';
        if (this.badTokens.has(token)) return Promise.resolve(new Response('Invalid token', { status: 401 }));
        return Promise.resolve(Response.json({ token: `short ${token}` }));
      }
      if (!this.hasDatabase) return Promise.resolve(new Response('', { status: 404 }));
      if (url.pathname.endsWith('/sql')) {
        const status = this.refusal === undefined ? 400 : 403;
        return Promise.resolve(new Response(this.refusal ?? 'Empty SQL query', { status }));
      }
      return Promise.resolve(new Response(''));
    },
  };

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('No socket was opened');
    return socket;
  }

  get open(): FakeSocket[] {
    return this.sockets.filter((socket) => socket.readyState === 1);
  }

  /** The identity of a token; a new one for an unknown or missing token. */
  identify(token: string | null): { identity: Identity; token: string } {
    const name = token?.replace('short ', '') ?? `token ${this.#identities}`;
    let identity = this.#tokens.get(name);
    if (!identity) this.#tokens.set(name, (identity = new Identity(this.#identities++)));
    return { identity, token: name };
  }

  /** Runs a transaction, and sends its changes to all subscribers; to `caller` with its answer. */
  commit(changes: TableChanges, caller?: FakeSocket): void {
    const tell = this.open.map((socket) => socket.prepare(changes));
    for (const [table, { inserts, deletes }] of Object.entries(changes) as [Table, Changes][]) {
      for (const row of deletes) this.tables[table].delete(valueText(row));
      for (const row of inserts) this.tables[table].set(valueText(row), row);
    }
    for (const row of changes.message?.deletes ?? []) {
      const others = this.#at(row['sent']).filter((other) => valueText(other) !== valueText(row));
      this.#messagesAt.set(microsOf(row['sent']), others);
    }
    for (const row of changes.message?.inserts ?? [])
      this.#messagesAt.set(microsOf(row['sent']), [...this.#at(row['sent']), row]);
    for (const [index, socket] of this.open.entries()) tell[index]?.(socket === caller);
  }

  #at(time: unknown): Row[] {
    return this.#messagesAt.get(microsOf(time)) ?? [];
  }

  /** The rows that a query selects. */
  select({ table, matches, join }: ParsedQuery): Row[] {
    if (!join) return [...this.tables[table as Table].values()].filter(matches);
    const sources = [...this.tables[join.source as Table].values()].filter(matches);
    return [...new Set(sources.flatMap((row) => this.#at(row[join.column])))];
  }

  insertUser(user: Partial<User> & { identity: Identity }): User {
    const row = { name: undefined, online: true, ...user };
    this.commit({ user: { inserts: [row], deletes: [] } });
    return row;
  }

  insertMessage(sender: Identity, text: string, sent: number = this.clock++): Message {
    const row = { sender, sent: Timestamp.fromDate(new Date(sent)), text };
    this.commit({ message: { inserts: [row], deletes: [] } });
    return row;
  }

  userUpdate(identity: Identity, change: Partial<User>): TableChanges {
    const before = [...this.tables.user.values()].find(
      (user) => (user['identity'] as Identity).__identity__ === identity.__identity__,
    );
    const after = { identity, name: undefined, online: true, ...before, ...change };
    return { user: { inserts: [after], deletes: before ? [before] : [] } };
  }

  updateUser(identity: Identity, change: Partial<User>): void {
    this.commit(this.userUpdate(identity, change));
  }

  /** Sends the messages that were held back. */
  release(): void {
    this.holding = false;
    for (const socket of this.open) socket.flush();
  }
}

export class FakeSocket implements SocketLike {
  binaryType = 'blob';
  protocol: string;
  readyState = 0;
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  onerror: SocketLike['onerror'] = null;
  readonly url: URL;
  readonly received: ClientMessage[] = [];
  identity = Identity.zero();
  /** Whether frames are compressed. */
  gzip = false;
  readonly #server: FakeServer;
  readonly #querySets = new Map<number, QuerySet>();
  #queue: Uint8Array[] = [];
  /** The update that belongs in the answer to the current call. */
  #own: Extract<ServerMessage, { tag: 'TransactionUpdate' }>['value'] | undefined;

  constructor(server: FakeServer, url: URL, protocols: string[]) {
    this.#server = server;
    this.url = url;
    this.protocol = server.protocol;
    if (!protocols.includes(this.protocol)) throw new Error(`${this.protocol} was not offered`);
    setTimeout(() => this.#accept(), 0);
  }

  #accept(): void {
    if (this.readyState !== 0) return;
    if (this.#server.down || this.#server.answer || !this.#server.hasDatabase) return this.drop();
    this.readyState = 1;
    this.onopen?.(undefined as never);
    // The handshake happens before the module is called.
    if (this.#server.refusal !== undefined) return this.drop();
    const { identity, token } = this.#server.identify(this.url.searchParams.get('token'));
    this.identity = identity;
    const connectionId = ConnectionId.random();
    this.push({ tag: 'InitialConnection', value: { identity, connectionId, token } });
  }

  send(data: Uint8Array): void {
    if (this.readyState !== 1) return;
    for (const message of decode(data.slice())) {
      this.received.push(message);
      // A real server answers later, too.
      queueMicrotask(() => this.#answer(message));
    }
  }

  #answer(message: ClientMessage): void {
    const server = this.#server;
    switch (message.tag) {
      case 'Subscribe': {
        const { requestId, querySetId, queryStrings } = message.value;
        const [sql = ''] = queryStrings;
        server.log.push(`+ ${sql}`);
        const refusal = [...server.refused].find(([part]) => sql.includes(part));
        if (refusal) {
          return this.push({ tag: 'SubscriptionError', value: { requestId, querySetId, error: refusal[1] } });
        }
        const query = parseQuery(sql);
        this.#querySets.set(querySetId.id, { id: querySetId.id, query });
        return this.push({
          tag: 'SubscribeApplied',
          value: { requestId, querySetId, rows: this.#rows(query) },
        });
      }
      case 'Unsubscribe': {
        const { requestId, querySetId } = message.value;
        const { query } = this.#querySets.get(querySetId.id) as QuerySet;
        server.log.push(`- ${query.sql}`);
        this.#querySets.delete(querySetId.id);
        return this.push({
          tag: 'UnsubscribeApplied',
          value: { requestId, querySetId, rows: this.#rows(query) },
        });
      }
      case 'OneOffQuery': {
        const { requestId } = message.value;
        const result = { tag: 'Err' as const, value: 'Empty SQL query' };
        return this.push({ tag: 'OneOffQueryResult', value: { requestId, result } });
      }
      case 'CallReducer':
        return this.#call(message.value);
      case 'CallProcedure': {
        const { requestId, procedure, args } = message.value;
        const value = procedures(server, procedure, args);
        const timestamp = Timestamp.fromDate(new Date(server.clock));
        const totalHostExecutionDuration = new TimeDuration(0n);
        return this.push({
          tag: 'ProcedureResult',
          value: { status: { tag: 'Returned', value }, timestamp, totalHostExecutionDuration, requestId },
        });
      }
    }
  }

  #call({ requestId, reducer, args }: { requestId: number; reducer: string; args: Uint8Array }): void {
    const ofFeature = readFeatureArgs(reducer, args);
    const { value: text } = ofFeature
      ? { value: '' }
      : (readArgs(new BinaryReader(args)) as { value: string });
    const call = { reducer, text, socket: this, ...(ofFeature && { args: ofFeature }) };
    const outcome = this.#server.onCall(call);
    if (!outcome) return;
    const timestamp = Timestamp.fromDate(new Date(0));
    if (outcome === 'ok') {
      const transactionUpdate = this.#own ?? { querySets: [] };
      this.#own = undefined;
      const value = { retValue: new Uint8Array(), transactionUpdate };
      this.push({ tag: 'ReducerResult', value: { requestId, timestamp, result: { tag: 'Ok', value } } });
    } else {
      const writer = new BinaryWriter(64);
      writer.writeString(outcome.error);
      const value = writer.getBuffer().slice();
      this.push({ tag: 'ReducerResult', value: { requestId, timestamp, result: { tag: 'Err', value } } });
    }
  }

  #rows(query: ParsedQuery) {
    const rows = this.#server.select(query);
    const table = query.table as Table;
    return { tables: rows.length === 0 ? [] : [{ table, rows: rowList(table, rows) }] };
  }

  /**
   * Prepares the part of a transaction that this client has subscribed to, if any.
   * @returns a function that sends it, to call once the tables have changed
   */
  prepare(changes: TableChanges): (own: boolean) => void {
    const sets = [...this.#querySets.values()];
    const before = sets.map(({ query }) => (query.join ? this.#server.select(query) : []));
    return (own) => {
      const querySets = [];
      for (const [index, { id, query }] of sets.entries()) {
        const table = query.table as Table;
        const was = before[index] ?? [];
        const is = query.join ? this.#server.select(query) : [];
        const inserts = query.join
          ? is.filter((row) => !was.includes(row))
          : (changes[table]?.inserts.filter(query.matches) ?? []);
        const deletes = query.join
          ? was.filter((row) => !is.includes(row))
          : (changes[table]?.deletes.filter(query.matches) ?? []);
        if (inserts.length + deletes.length === 0) continue;
        const value = { inserts: rowList(table, inserts), deletes: rowList(table, deletes) };
        const rows = [{ tag: 'PersistentTable' as const, value }];
        querySets.push({ querySetId: { id }, tables: [{ tableName: table, rows }] });
      }
      if (own) this.#own = { querySets };
      else if (querySets.length > 0) this.push({ tag: 'TransactionUpdate', value: { querySets } });
    };
  }

  push(message: ServerMessage): void {
    this.#queue.push(encode(message));
    if (this.protocol.startsWith('v2') || !this.#server.holding || message.tag === 'InitialConnection')
      this.flush();
  }

  /** Sends everything queued in one frame. */
  flush(): void {
    if (this.#queue.length === 0) return;
    const payload = concat(this.#queue);
    this.#queue = [];
    this.deliver(
      this.gzip
        ? concat([[2], gzipSync(payload)].map((part) => Uint8Array.from(part)))
        : concat([new Uint8Array(1), payload]),
    );
  }

  /** Hands a raw frame to the client. */
  deliver(frame: Uint8Array<ArrayBuffer>): void {
    if (this.readyState === 1) this.onmessage?.({ data: frame.buffer });
  }

  /** Breaks the connection. */
  drop(code = 1006, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  close(): void {
    // Nothing arrives any more, and the event follows later, as in a browser.
    this.readyState = 2;
    setTimeout(() => this.drop(1005), 0);
  }
}
