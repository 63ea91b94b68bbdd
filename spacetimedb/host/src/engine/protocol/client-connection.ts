import { BinaryWriter, Timestamp, type Identity } from 'spacetimedb';
import { SqlError, type AuthenticatedClient, type ReducerOutcome } from '../database-api.ts';
import type { Database, DatabaseClient } from '../database/database.ts';
import type { ClientMessage, QuerySetUpdate, ServerMessage } from './messages.ts';
import { ProtocolError, decodeClientFrame, encodeServerMessage } from './message-codec.ts';
import { Outbox } from './outbox.ts';

/** The socket under a connection, as the engine sees it. */
interface ClientSocket {
  /** One binary WebSocket message. */
  send(frame: Uint8Array): void;
  /** Closes with a Close frame. */
  close(code: number, reason: string): void;
  /** Drops the connection without a word. */
  terminate(): void;
}

export interface ConnectionOptions {
  readonly database: Database;
  readonly client: AuthenticatedClient;
  /** What `InitialConnection` tells the client to come back with. */
  readonly token: string;
  readonly socket: ClientSocket;
  readonly isV3: boolean;
  /** Whether a transaction is told only when it is on disk. */
  readonly confirmedReads: boolean;
  /** Makes a frame of a payload: the compression byte and the payload, compressed where that pays. */
  readonly toFrame: (payload: Uint8Array) => Uint8Array;
}

const CLOSE = { goingAway: 1001, internalError: 1011, tryAgainLater: 1013 } as const;
/** A Close frame holds no more than this many bytes of reason. */
const MAX_REASON_BYTES = 123;

/** One WebSocket client of one database: its subscriptions, its calls, and what it is told. */
export class ClientConnection implements DatabaseClient {
  readonly identity: Identity;
  readonly #options: ConnectionOptions;
  readonly #outbox: Outbox;
  #isOpen = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.identity = options.client.identity;
    this.#outbox = new Outbox({
      storage: options.database.storage,
      confirmedReads: options.confirmedReads,
      isV3: options.isV3,
      send: (payload) => options.socket.send(options.toFrame(payload)),
      overflow: () => this.#kick(),
    });
  }

  /** Lets the module see the client connect. When it refuses, the socket is dropped without a word, as the real server does. */
  open(): void {
    const { database, client, token, socket } = this.#options;
    if (database.clientConnected(client).tag === 'rejected') {
      socket.terminate();
      return;
    }
    this.#isOpen = true;
    database.attach(this);
    const { identity, connectionId } = client;
    this.#send({ tag: 'InitialConnection', value: { identity, connectionId, token } });
  }

  /** @param frame one binary message from the client */
  receive(frame: Uint8Array): void {
    if (!this.#isOpen) return;
    try {
      for (const message of decodeClientFrame(frame, this.#options.isV3)) {
        this.#handle(message);
        if (!this.#isOpen) return;
      }
    } catch (error) {
      // A frame that cannot be read, or a failure of this host's own: either way this client's stream is broken.
      if (!(error instanceof ProtocolError)) {
        this.#options.database.logSystem(
          'Error',
          `a client's message failed: ${(error as Error).stack ?? String(error)}`,
        );
      }
      this.#shut(CLOSE.internalError, (error as Error).message);
    }
  }

  /** The protocols have no text messages. */
  receiveText(): void {
    this.#shut(CLOSE.internalError, 'websocket does not support text messages');
  }

  /** The socket is gone. */
  closed(): void {
    if (!this.#isOpen) return;
    this.#leave();
  }

  transactionUpdate(querySets: QuerySetUpdate[], offset: number): void {
    this.#send({ tag: 'TransactionUpdate', value: { querySets } }, offset);
  }

  subscriptionFailed(querySetId: number, reason: string): void {
    const value = { requestId: undefined, querySetId: { id: querySetId }, error: reason };
    this.#send({ tag: 'SubscriptionError', value });
  }

  moduleExited(): void {
    this.#shut(CLOSE.goingAway, 'module exited');
  }

  #handle(message: ClientMessage): void {
    switch (message.tag) {
      case 'Subscribe':
        return this.#subscribe(message.value);
      case 'Unsubscribe':
        return this.#unsubscribe(message.value);
      case 'OneOffQuery':
        return this.#queryOnce(message.value);
      case 'CallReducer':
        return this.#callReducer(message.value);
      case 'CallProcedure':
        return this.#callProcedure(message.value);
    }
  }

  #subscribe({ requestId, querySetId, queryStrings }: MessageValue<'Subscribe'>): void {
    const { database } = this.#options;
    try {
      const rows = database.subscribe(this, querySetId.id, queryStrings);
      this.#send({ tag: 'SubscribeApplied', value: { requestId, querySetId, rows } }, database.offset);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.#send({ tag: 'SubscriptionError', value: { requestId, querySetId, error: error.message } });
    }
  }

  #unsubscribe({ requestId, querySetId, flags }: MessageValue<'Unsubscribe'>): void {
    const { database } = this.#options;
    try {
      const withRows = flags.tag === 'SendDroppedRows';
      const dropped = database.unsubscribe(this, querySetId.id, withRows);
      if (!dropped) throw new SqlError(`Subscription not found for query set id ${querySetId.id}`);
      const rows = withRows ? dropped : undefined;
      this.#send({ tag: 'UnsubscribeApplied', value: { requestId, querySetId, rows } }, database.offset);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.#send({ tag: 'SubscriptionError', value: { requestId, querySetId, error: error.message } });
    }
  }

  #queryOnce({ requestId, queryString }: MessageValue<'OneOffQuery'>): void {
    const { database } = this.#options;
    try {
      const rows = database.queryOnce(this, queryString);
      this.#send(
        { tag: 'OneOffQueryResult', value: { requestId, result: { tag: 'Ok', value: rows } } },
        database.offset,
      );
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.#send({
        tag: 'OneOffQueryResult',
        value: { requestId, result: { tag: 'Err', value: error.message } },
      });
    }
  }

  #callReducer({ requestId, reducer, args }: MessageValue<'CallReducer'>): void {
    const { database, client } = this.#options;
    const called = database.callFromClient(this, client, reducer, { format: 'bsatn', bytes: args });
    const result = reducerResult(called.outcome, called.querySets);
    const timestamp = new Timestamp(BigInt(called.timestamp));
    this.#send({ tag: 'ReducerResult', value: { requestId, timestamp, result } }, called.offset);
  }

  #callProcedure({ requestId, procedure }: MessageValue<'CallProcedure'>): void {
    // No module with procedures gets published here (`unsupportedFeatures`), so none of this name can exist.
    const status = { tag: 'InternalError', value: `No such procedure: ${procedure}` } as const;
    const zero = new Timestamp(0n);
    this.#send({
      tag: 'ProcedureResult',
      value: { requestId, status, timestamp: zero, totalHostExecutionDuration: zero.since(zero) },
    });
  }

  #send(message: ServerMessage, offset?: number): void {
    if (this.#isOpen) this.#outbox.push(encodeServerMessage(message), offset);
  }

  #kick(): void {
    this.#options.database.logSystem('Warn', 'a client reads too slowly and was disconnected');
    this.#options.socket.terminate();
    if (this.#isOpen) this.#leave();
  }

  #shut(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#outbox.flush();
    this.#options.socket.close(code, truncate(reason));
    this.#leave();
  }

  #leave(): void {
    const { database, client } = this.#options;
    this.#isOpen = false;
    this.#outbox.close();
    database.detach(this);
    database.clientDisconnected(client);
  }
}

type MessageValue<Tag extends ClientMessage['tag']> = Extract<ClientMessage, { tag: Tag }>['value'];
type ReducerResult = Extract<ServerMessage, { tag: 'ReducerResult' }>['value']['result'];

function reducerResult(outcome: ReducerOutcome, querySets: QuerySetUpdate[]): ReducerResult {
  switch (outcome.tag) {
    case 'ok':
      return { tag: 'Ok', value: { retValue: new Uint8Array(0), transactionUpdate: { querySets } } };
    case 'sender_error': {
      const writer = new BinaryWriter(64);
      writer.writeString(outcome.message);
      return { tag: 'Err', value: writer.getBuffer() };
    }
    default:
      return { tag: 'InternalError', value: outcome.message };
  }
}

function truncate(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.length <= MAX_REASON_BYTES) return reason;
  // A character that the cut went through is dropped with it.
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES)).replace(/\uFFFD+$/, '');
}
