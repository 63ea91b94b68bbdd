import { BinaryWriter, TimeDuration, Timestamp, type ConnectionId, type Identity } from 'spacetimedb';
import type { AuthenticatedClient, ReducerOutcome } from '../database-api.ts';
import { SqlError } from '../sql/sql-error.ts';
import type { Database, DatabaseClient } from '../database/database.ts';
import { IncomingMessages } from './incoming-messages.ts';
import type { ClientMessage, QuerySetUpdate, ServerMessage } from '../wire/messages.ts';
import type { ClientSocket } from './client-socket.ts';
import { FlowControl } from './flow-control.ts';
import {
  ProtocolError,
  TooManyMessagesError,
  decodeClientFrame,
  encodeServerMessage,
  encodeTransactionUpdate,
} from '../wire/message-codec.ts';
import { Outbox } from './outbox.ts';

export interface ConnectionOptions {
  readonly database: Database;
  readonly client: AuthenticatedClient;
  /** The token that `InitialConnection` gives to the client for its next connection. */
  readonly token: string;
  readonly socket: ClientSocket;
  readonly isV3: boolean;
  /** Report transactions only after they are on disk? */
  readonly confirmedReads: boolean;
  /** Turns a payload into a frame: a compression byte, and the payload, compressed if that helps. */
  readonly toFrame: (payload: Uint8Array) => Uint8Array;
  /** Counts one message of the client against its rate limit. @returns milliseconds that the message must wait */
  readonly turn: () => number;
}

const CLOSE = { goingAway: 1001, policyViolation: 1008, internalError: 1011, tryAgainLater: 1013 } as const;
/** The protocol limits a Close frame's reason to this many bytes. */
const MAX_REASON_BYTES = 123;

/** One WebSocket client of a database: its subscriptions, calls and outgoing messages. */
export class ClientConnection implements DatabaseClient {
  readonly identity: Identity;
  readonly connectionId: ConnectionId;
  readonly #options: ConnectionOptions;
  readonly #outbox: Outbox;
  readonly #incoming: IncomingMessages;
  readonly #flow: FlowControl;
  readonly #stopCounting: () => void;
  #isOpen = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.identity = options.client.identity;
    this.connectionId = options.client.connectionId;
    this.#outbox = new Outbox({
      storage: options.database.storage,
      confirmedReads: options.confirmedReads,
      isV3: options.isV3,
      send: (payload) => options.socket.send(options.toFrame(payload)),
    });
    this.#flow = new FlowControl({
      socket: options.socket,
      outbox: this.#outbox,
      limits: options.database.limits,
      proceed: () => this.#incoming.proceed(),
    });
    this.#incoming = new IncomingMessages({
      turn: options.turn,
      mustWait: () => this.#flow.mustWait(),
      handle: (message) => this.#attempt(() => this.#handle(message)),
      pause: () => options.socket.pause(),
      resume: () => options.socket.resume(),
      overflow: () => this.#shut(CLOSE.tryAgainLater, 'too many requests'),
    });
    this.#stopCounting = options.database.usage.addClient(() => this.#flow.waitingBytes);
  }

  /**
   * Runs the module's `client_connected`. If that refuses the client, the socket is dropped without a message, as on
   * the real server.
   */
  open(): void {
    const { database, client, token, socket } = this.#options;
    if (database.clientConnected(client).tag === 'rejected') {
      this.#stopCounting();
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
    this.#attempt(() => this.#incoming.push(decodeClientFrame(frame, this.#options.isV3), frame.length));
  }

  /** The protocols have no text messages. */
  receiveText(): void {
    const version = this.#options.isV3 ? 'v3' : 'v2';
    this.#shut(CLOSE.internalError, `${version} websocket does not support text messages`);
  }

  /** The client has received some of the waiting data. */
  drained(): void {
    this.#flow.drained();
  }

  /** The client has received none of the waiting data for `seconds`. */
  stalled(seconds: number): void {
    this.#cutOff(CLOSE.policyViolation, `received none of its ${this.#flow.waitingBytes} waiting bytes for ${seconds} s`); // prettier-ignore
  }

  /** The socket is closed. */
  closed(): void {
    if (!this.#isOpen) return;
    this.#leave();
  }

  transactionUpdate(querySets: QuerySetUpdate[], offset: number): void {
    if (!this.#isOpen) return;
    this.#outbox.push(encodeTransactionUpdate(querySets), offset);
    this.#checkBacklog();
  }

  subscriptionFailed(querySetId: number, reason: string): void {
    const value = { requestId: undefined, querySetId: { id: querySetId }, error: reason };
    this.#send({ tag: 'SubscriptionError', value });
  }

  moduleExited(): void {
    this.#shut(CLOSE.goingAway, 'module exited');
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      // An unreadable frame or an internal error. Either way the client's stream is broken.
      if (!(error instanceof ProtocolError)) {
        this.#options.database.logSystem(
          'Error',
          `handling a client's message failed: ${(error as Error).stack ?? String(error)}`,
        );
      }
      const code = error instanceof TooManyMessagesError ? CLOSE.tryAgainLater : CLOSE.internalError;
      this.#shut(code, (error as Error).message);
    }
  }

  #handle(message: ClientMessage): void {
    switch (message.tag) {
      case 'Subscribe':
        return this.#query(() => this.#subscribe(message.value));
      case 'Unsubscribe':
        return this.#query(() => this.#unsubscribe(message.value));
      case 'OneOffQuery':
        return this.#query(() => this.#queryOnce(message.value));
      case 'CallReducer':
        return this.#callReducer(message.value);
      case 'CallProcedure':
        return this.#callProcedure(message.value);
    }
  }

  /** Runs a query. Unless the owner sent it, the client's next message waits as long as the query took. */
  #query(run: () => void): void {
    if (this.#isOwner) run();
    else this.#flow.timed(run);
  }

  get #isOwner(): boolean {
    return this.#options.database.owner.__identity__ === this.identity.__identity__;
  }

  /** @throws {SqlError} when too much data waits for slow clients, unless the owner asks */
  #checkHostBacklog(): void {
    const { limits, usage } = this.#options.database;
    if (this.#isOwner || usage.outgoingBytes() <= limits.outgoingBytesPerHost) return;
    throw new SqlError(
      'Too many responses wait for slow clients (limit outgoingBytesPerHost); try again later',
    );
  }

  #subscribe({ requestId, querySetId, queryStrings }: MessageValue<'Subscribe'>): void {
    const { database } = this.#options;
    try {
      this.#checkHostBacklog();
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
      const rows = database.unsubscribe(this, querySetId.id, withRows);
      this.#send({ tag: 'UnsubscribeApplied', value: { requestId, querySetId, rows } }, database.offset);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.#send({ tag: 'SubscriptionError', value: { requestId, querySetId, error: error.message } });
    }
  }

  #queryOnce({ requestId, queryString }: MessageValue<'OneOffQuery'>): void {
    const { database } = this.#options;
    try {
      this.#checkHostBacklog();
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

  /** Starts a procedure. Later messages do not wait for it. */
  #callProcedure({ requestId, procedure, args }: MessageValue<'CallProcedure'>): void {
    const { database, client } = this.#options;
    database.callProcedureFromClient(client, procedure, { format: 'bsatn', bytes: args }).then(
      ({ outcome, timestamp, offset }) =>
        this.#attempt(() => {
          const isReturned = outcome.tag === 'returned';
          const status = isReturned
            ? ({ tag: 'Returned', value: outcome.value } as const)
            : ({ tag: 'InternalError', value: outcome.message } as const);
          const value = {
            requestId,
            status,
            timestamp: new Timestamp(BigInt(timestamp)),
            totalHostExecutionDuration: new TimeDuration(BigInt(isReturned ? outcome.durationMicros : 0)),
          };
          this.#send({ tag: 'ProcedureResult', value }, offset);
        }),
      (error: unknown) =>
        this.#attempt(() => {
          throw error;
        }),
    );
  }

  /** Sends a response. */
  #send(message: ServerMessage, offset?: number): void {
    if (!this.#isOpen) return;
    const bytes = encodeServerMessage(message);
    this.#flow.answers(bytes.length);
    this.#outbox.push(bytes, offset);
    this.#checkBacklog();
  }

  #checkBacklog(): void {
    const excess = this.#flow.excess();
    if (excess === undefined) return;
    // The client is not at fault for messages that wait for the disk.
    const isDiskSlow =
      this.#outbox.waitingBytes > this.#options.socket.waitingBytes && this.#options.confirmedReads;
    this.#cutOff(isDiskSlow ? CLOSE.tryAgainLater : CLOSE.policyViolation, excess);
  }

  /** Disconnects a client that does not keep up. @param what the client did, for the log and the Close frame */
  #cutOff(code: number, what: string): void {
    if (!this.#isOpen) return;
    const { database, socket } = this.#options;
    this.#isOpen = false;
    this.#outbox.close();
    socket.cutOff(code, truncate(`This client ${what}`));
    database.logSystem('Warn', `A client (${this.identity.toHexString()}) was disconnected: it ${what}`);
    // Leaving runs a transaction, and this may be in the middle of publishing another one.
    queueMicrotask(() => this.#leave());
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
    this.#stopCounting();
    this.#flow.stop();
    this.#incoming.close();
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
  // Remove a character that the cut split.
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES)).replace(/\uFFFD+$/, '');
}
