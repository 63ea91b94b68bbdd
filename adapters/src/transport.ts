import {
  createRequest,
  diagnoseFailure,
  fetchSocketToken,
  probeRefusal,
  type Request,
} from './connection-probe.ts';
import type { DebugLog } from './debug.ts';
import { noop } from './empty.ts';
import { ConnectionError, messageOf } from './errors.ts';
import { FrameQueue } from './frame-queue.ts';
import { waitForFirstToken } from './tab-lock.ts';
import type { Environment, SocketAdapter, SocketArgs, SocketLike } from './types.ts';

const OPEN = 1;

/**
 * A one-off query without text (tag, request id, length), which the server answers with an error in any case. The SDK
 * sends no one-off queries, so the answer is not passed on to it.
 */
const PING = new Uint8Array([2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
const PONG_TAG = 5;
const PONG_TIMEOUT_MS = 5_000;
/** A server that is silent for this long is pinged, because a half-open connection looks healthy forever. */
const SILENCE_MS = 30_000;

export interface TransportOptions {
  readonly environment: Environment;
  /** Maximum time until the server has greeted us. */
  readonly timeoutMs: number;
  /** The name of the lock with which tabs agree on who connects first. */
  readonly lockName: string;
  readonly debug: DebugLog;
  /** Returns the token to connect with, given the builder's token. */
  chooseToken(given: string | undefined): string | undefined;
  /** Calls the SDK and reports what it throws. */
  guard(run: () => void): void;
  /** Called after the SDK has handled a frame of the server. */
  afterFrame(): void;
  /** The connection failed. Called once, and not after `stop`. */
  onFailure(error: ConnectionError): void;
}

/**
 * Carries one connection of the SDK, instead of the SDK's own transport. That one (2.10.1) decompresses frames
 * concurrently, so a small frame can overtake a large one (SpacetimeDB issue 5730). This one keeps their order, and
 * finds out why a connection failed.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #frames = new FrameQueue(
    (payload, size) => this.#deliver(payload, size),
    () => this.#fail(new ConnectionError('bad-frame', 'A frame of the server could not be unpacked')),
  );
  readonly #adapter: SdkAdapter;
  readonly #abort = new AbortController();
  #socket: SocketLike | undefined;
  #token: string | undefined;
  #isGreeted = false;
  #isOver = false;
  /** Ends the connection unless something happens first; on a healthy connection, it sends the next ping. */
  #deadline: unknown;
  /** Whether anything has arrived since the last ping, or at all. */
  #isAnswered = false;
  #unlock = noop;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#adapter = new SdkAdapter({
      onAttached: () => this.#frames.start(),
      send: (message) => this.#send(message),
      // The SDK disconnects when the server ends a subscription.
      close: () => this.#fail(new ConnectionError('closed-by-server', 'The server ended a subscription')),
    });
    const { timeoutMs } = options;
    this.#failAfter(
      timeoutMs,
      new ConnectionError('unreachable', `No answer within ${timeoutMs / 1000} seconds`),
    );
  }

  /** For `DbConnectionBuilder.withWSFn`. Rejects only after `onFailure` or `stop`. */
  readonly open = async (args: SocketArgs): Promise<SocketAdapter> => {
    const request = createRequest(this.#options.environment, args.url, this.#abort.signal);
    try {
      await this.#connect(args, request);
    } catch (cause) {
      if (!this.#isOver) this.#fail(await diagnoseFailure(cause, args, request));
      throw cause;
    }
    return this.#adapter;
  };

  /** Called when the server has greeted us.
   * @returns the token that was used to connect; undefined for a new identity
   */
  greeted(): string | undefined {
    this.#isGreeted = true;
    this.#unlock();
    return this.#token;
  }

  /** Pings the server, because a connection can die unnoticed, for example while the computer sleeps. */
  ping(): void {
    if (this.#socket && this.#socket.readyState > OPEN) {
      this.#fail(new ConnectionError('unreachable', 'The connection was lost'));
    } else if (this.#isAnswered) {
      this.#isAnswered = false;
      this.#send(PING);
      const error = new ConnectionError('unreachable', 'The server does not answer any more');
      this.#failAfter(PONG_TIMEOUT_MS, error);
    }
  }

  /** Ends the connection without calling `onFailure`. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.environment.clearTimeout(this.#deadline);
    this.#unlock();
    this.#abort.abort();
    this.#socket?.close();
    this.#options.guard(() => this.#adapter.closed());
  }

  #fail(error: ConnectionError): void {
    if (this.#isOver) return;
    this.stop();
    this.#options.onFailure(error);
  }

  #failAfter(ms: number, error: ConnectionError): void {
    this.#setDeadline(ms, () => this.#fail(error));
  }

  #setDeadline(ms: number, run: () => void): void {
    const { clearTimeout, setTimeout } = this.#options.environment;
    clearTimeout(this.#deadline);
    if (!this.#isOver) this.#deadline = setTimeout(run, ms);
  }

  /** @throws the response that rejected the token, or undefined when the socket failed to open */
  async #connect(args: SocketArgs, request: Request): Promise<void> {
    const { environment, lockName, chooseToken } = this.#options;
    this.#token = chooseToken(args.authToken);
    if (this.#token === undefined && environment.locks) {
      await waitForFirstToken(environment, lockName, (unlock) => (this.#unlock = unlock));
      this.#token = chooseToken(args.authToken);
    }
    const token = this.#token === undefined ? undefined : await fetchSocketToken(request, this.#token);
    this.#abort.signal.throwIfAborted();
    const socket = (this.#socket = await environment.openSocket(socketUrl(args, token), args.wsProtocol));
    if (this.#isOver) socket.close();
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => this.#receive(data);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => {
        socket.onclose = (event) => void this.#closed(event, args, request);
        this.#adapter.protocol = socket.protocol;
        resolve();
      };
      // The WebSocket of undici 6 fails without closing.
      socket.onclose = socket.onerror = this.#abort.signal.onabort = () => reject();
    });
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#options.debug?.({ kind: 'sent', bytes });
    this.#socket?.send(bytes);
  }

  #receive(frame: ArrayBuffer): void {
    if (this.#isOver) return;
    this.#isAnswered = true;
    this.#setDeadline(SILENCE_MS, () => this.ping());
    this.#frames.push(frame);
  }

  #deliver(payload: Uint8Array, size: number): void {
    try {
      if (this.#isOver) return;
      this.#options.debug?.({ kind: 'received', bytes: payload, size });
      const rest = payload[0] === PONG_TAG ? withoutPong(payload) : payload;
      if (rest.length === 0) return;
      this.#adapter.onmessage({ data: rest });
      this.#options.afterFrame();
    } catch (error) {
      this.#fail(
        new ConnectionError('bad-frame', `A message of the server could not be handled: ${messageOf(error)}`),
      );
    }
  }

  async #closed(event: { code: number; reason: string }, args: SocketArgs, request: Request): Promise<void> {
    // Frames that arrived before the end still count, and settle their calls.
    const [refusal] = await Promise.all([
      this.#isGreeted ? undefined : probeRefusal(this.#token, args, request),
      this.#frames.drained,
    ]);
    const reason = event.reason || `The connection was closed (code ${event.code})`;
    this.#failAfter(0, new ConnectionError(refusal ? 'refused' : 'closed-by-server', refusal || reason));
  }
}

/** The socket as the SDK sees it. */
class SdkAdapter implements SocketAdapter {
  protocol = '';
  onopen = noop;
  onclose: (event: CloseEvent) => void = noop;
  // A socket that fails also closes.
  onerror = noop;
  readonly send: SocketAdapter['send'];
  readonly close: SocketAdapter['close'];
  readonly #onAttached: () => void;
  #onmessage: (message: { data: Uint8Array }) => void = noop;

  constructor(parts: Pick<SocketAdapter, 'send' | 'close'> & { onAttached(): void }) {
    this.send = parts.send;
    this.close = parts.close;
    this.#onAttached = parts.onAttached;
  }

  /** The SDK sets all its handlers at once when the socket is already open. */
  set onmessage(run: (message: { data: Uint8Array }) => void) {
    this.#onmessage = run;
    queueMicrotask(() => {
      this.onopen();
      this.#onAttached();
    });
  }
  get onmessage(): (message: { data: Uint8Array }) => void {
    return this.#onmessage;
  }

  closed(): void {
    this.onclose({ code: 1000, reason: '', wasClean: true } as CloseEvent);
  }
}

function socketUrl(args: SocketArgs, token: string | undefined): string {
  const { url: base, nameOrAddress, compression, lightMode, confirmedReads } = args;
  const url = new URL(`v1/database/${encodeURIComponent(nameOrAddress)}/subscribe`, base);
  const parameters = {
    token,
    compression: compression.replace(/^./, (first) => first.toUpperCase()),
    light: lightMode || undefined,
    confirmed: confirmedReads,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** The rest of a payload after the answer to a ping: its tag, request id, error tag, length and text. */
function withoutPong(payload: Uint8Array): Uint8Array {
  return payload.subarray(10 + new DataView(payload.buffer, payload.byteOffset).getUint32(6, true));
}
