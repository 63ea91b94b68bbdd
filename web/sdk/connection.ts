import { ConnectionId, InternalError, SenderError, type Identity } from 'spacetimedb';
import type { SocketAdapter } from 'spacetimedb-stores';
import type { Config, ConnectionEvents } from './builder.ts';
import { Reader } from './bytes.ts';
import { ClientMessage, SEND_DROPPED_ROWS, ServerMessage, type TransactionUpdate } from './protocol.ts';
import type { CallDef } from './schema.ts';
import { SubscriptionBuilderImpl, type SubscriptionHandleImpl } from './subscription.ts';
import { TableCache, type Operation } from './table-cache.ts';
import type { ValueOf } from './type-builder.ts';
import { string } from './types.ts';

type Message = ValueOf<typeof ServerMessage>;

/** A call that waits for its answer. */
interface Call {
  readonly name: string;
  /** The very object that was passed. */
  readonly args: object | undefined;
  resolve(bytes?: Uint8Array): void;
  reject(error: Error): void;
}

type CallTag = 'CallReducer' | 'CallProcedure';

/** Calls a reducer or a procedure. */
type Send = (args: object) => Promise<unknown>;

/** Rows of a table, as they are sent. */
interface Rows {
  readonly table: string;
  readonly came?: Uint8Array;
  readonly went?: Uint8Array;
}

/** What tells of rows that have changed; to be called when all tables are up to date. */
type Tell = (context: object) => void;

/** A connection to a database: what the generated `DbConnection` is made of. */
export class DbConnectionImpl {
  isActive = false;
  isDisconnectRequested = false;
  identity: Identity | undefined;
  token: string | undefined;
  connectionId = ConnectionId.random();
  db: Record<string, TableCache> = {};
  readonly reducers: Readonly<Record<string, Send>>;
  readonly procedures: Readonly<Record<string, Send>>;

  readonly #events: ConnectionEvents;
  /** By the names that the database has for them. */
  readonly #tables = new Map<string, TableCache>();
  readonly #subscriptions = new Map<number, SubscriptionHandleImpl>();
  readonly #calls = new Map<number, Call>();
  /** What was said before the socket was open. */
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  readonly #opening: Promise<SocketAdapter | undefined>;
  #socket: SocketAdapter | undefined;
  #error: Error | undefined;
  #requests = 0;
  #messages = 0;

  constructor({ module, events, open, args }: Config) {
    this.token = args.authToken;
    this.#events = events;
    for (const tableDef of Object.values(module.tables)) {
      const table = new TableCache(tableDef);
      this.db[tableDef.accessorName] = table;
      this.#tables.set(tableDef.sourceName, table);
    }
    this.reducers = this.#callsOf(module.reducers, 'CallReducer');
    this.procedures = this.#callsOf(module.procedures, 'CallProcedure');
    this.#opening = open(args).then(
      (socket) => this.#attach(socket),
      (error: unknown) => void events.emit('connectError', this, error),
    );
  }

  subscriptionBuilder = (): SubscriptionBuilderImpl => new SubscriptionBuilderImpl(this);

  disconnect = (): void => {
    this.isDisconnectRequested = true;
    void this.#opening.then((socket) => socket?.close());
  };

  /** @param args its arguments, in BSATN. @throws SenderError, InternalError what the server answers when it fails */
  callReducer(name: string, args: Uint8Array): Promise<unknown> {
    return this.#call('CallReducer', name, args);
  }

  /** For subscriptions. @returns what ends it */
  registerSubscription(handle: SubscriptionHandleImpl, queryStrings: string[]): () => void {
    const requestId = this.#requests++;
    // It serves as both: no two requests have the same.
    const querySetId = requestId;
    this.#subscriptions.set(querySetId, handle);
    this.#send({ tag: 'Subscribe', value: { requestId, querySetId, queryStrings } });
    return () => {
      const value = { requestId: this.#requests++, querySetId, flags: SEND_DROPPED_ROWS };
      this.#send({ tag: 'Unsubscribe', value });
    };
  }

  #attach(socket: SocketAdapter): SocketAdapter {
    this.#socket = socket;
    socket.onclose = () => {
      this.isActive = false;
      this.#events.emit('disconnect', this, this.#error);
    };
    socket.onerror = (event) => {
      this.isActive = false;
      const error =
        event instanceof Error ? event : new Error(event.message || 'WebSocket error', { cause: event });
      if (!this.identity) return this.#events.emit('connectError', this, error);
      this.#error = error;
      socket.close();
    };
    socket.onopen = () => {
      this.isActive = true;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const message of waiting) socket.send(message);
    };
    socket.onmessage = ({ data }) => {
      const reader = new Reader(data);
      while (!reader.isAtEnd) this.#handle(ServerMessage.read(reader));
    };
    return socket;
  }

  #send(message: ValueOf<typeof ClientMessage>): void {
    const bytes = ClientMessage.encode(message);
    if (this.isActive) this.#socket?.send(bytes);
    else this.#waiting.push(bytes);
  }

  #callsOf(calls: readonly CallDef[], tag: CallTag): Record<string, Send> {
    const send =
      ({ name, params, returnType }: CallDef): Send =>
      (args) =>
        this.#call(tag, name, params.encode(args), args).then((bytes) => bytes && returnType?.decode(bytes));
    return Object.fromEntries(calls.map((call) => [call.accessorName, send(call)]));
  }

  #call(tag: CallTag, name: string, bytes: Uint8Array, args?: object): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      const requestId = this.#requests++;
      this.#calls.set(requestId, { name, args, resolve, reject });
      this.#send({ tag, value: { requestId, flags: 0, name, args: bytes } });
    });
  }

  #handle(message: Message): void {
    const { tag, value } = message;
    switch (tag) {
      case 'InitialConnection':
        this.identity = value.identity;
        this.token ||= value.token;
        this.connectionId = value.connectionId;
        return this.#events.emit('connect', this, this.identity, this.token);
      case 'SubscribeApplied':
      case 'UnsubscribeApplied': {
        const handle = this.#subscriptions.get(value.querySetId);
        const isGone = tag === 'UnsubscribeApplied';
        const context = this.#contextOf({ tag });
        const rows = (value.rows ?? []).map(({ table, rows }) =>
          isGone ? { table, went: rows } : { table, came: rows },
        );
        const tell = this.#apply(rows);
        if (isGone) this.#subscriptions.delete(value.querySetId);
        handle?.[isGone ? 'ended' : 'applied'](context);
        return tell(context);
      }
      case 'SubscriptionError': {
        // Of a subscription that was answered before, nobody knows which rows to let go.
        if (value.requestId === undefined) return this.disconnect();
        const error = new Error(value.error);
        const handle = this.#subscriptions.get(value.querySetId);
        this.#subscriptions.delete(value.querySetId);
        return handle?.failed(this.#contextOf(error), error);
      }
      case 'TransactionUpdate':
        return this.#transact(value, { tag: 'Transaction' });
      case 'ReducerResult': {
        const call = this.#take(value.requestId);
        const { result, timestamp } = value;
        if (result.tag === 'Ok') {
          const reducer = call && { name: call.name, args: call.args };
          this.#transact(result.value.transactionUpdate, {
            tag: 'Reducer',
            value: { timestamp, outcome: result, reducer },
          });
        }
        if (result.tag === 'Err') return call?.reject(new SenderError(string().decode(result.value)));
        if (result.tag === 'InternalError') return call?.reject(new InternalError(result.value));
        return call?.resolve();
      }
      case 'ProcedureResult': {
        const call = this.#take(value.requestId);
        const { status } = value;
        if (status.tag === 'Returned') return call?.resolve(status.value);
        return call?.reject(new InternalError(status.value));
      }
    }
  }

  #take(requestId: number): Call | undefined {
    const call = this.#calls.get(requestId);
    this.#calls.delete(requestId);
    return call;
  }

  #transact(update: TransactionUpdate, event: object): void {
    const rows = update
      .flatMap(({ tables }) => tables)
      .flatMap(({ table, rows }) =>
        rows.map(({ tag, value }) =>
          tag === 'PersistentTable'
            ? { table, came: value.inserts, went: value.deletes }
            : { table, came: value },
        ),
      );
    this.#apply(rows)(this.#contextOf(event));
  }

  /** @throws Error for a table that the bindings do not have */
  #apply(rows: readonly Rows[]): Tell {
    const changes = new Map<TableCache, Operation[]>();
    for (const { table, came, went } of rows) {
      const cache = this.#tables.get(table);
      if (!cache) throw new Error(`The bindings have no table ${table}`);
      const operations = changes.get(cache) ?? [];
      changes.set(cache, operations);
      if (came) cache.read(came, false, operations);
      if (went) cache.read(went, true, operations);
    }
    const told = [...changes].flatMap(([cache, operations]) => cache.apply(operations));
    return (context) => {
      for (const tell of told) tell(context);
    };
  }

  /** What callbacks get: this connection, and what has happened. */
  #contextOf(event: object): object {
    const id = `${this.connectionId.toHexString()}:${++this.#messages}`;
    const value: unknown = event instanceof Error ? event : { id, ...event };
    return Object.create(this, { event: { value, enumerable: true } }) as object;
  }
}
