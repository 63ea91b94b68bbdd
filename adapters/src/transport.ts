import type { DebugLog } from './debug.ts';
import { explain, refusal, type Request } from './explain.ts';
import { ignore } from './none.ts';
import type { ConnectionProblem, Environment, SocketAdapter, SocketArgs, SocketLike } from './types.ts';

const OPEN = 1;

/**
 * A one-off query for nothing (tag, request id, empty text), which the server answers with an error in any
 * case. The SDK has no one-off queries of its own, so the answer is kept from it.
 */
const PROBE = new Uint8Array([2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
const PROBE_MS = 5_000;
const PROBE_ANSWER = 5;
/** A server that is silent for this long is asked whether it is there: a half-open connection looks well for ever. */
const QUIET_MS = 30_000;

/** Bytes that a frame may have when it is unpacked: a small one could fill all memory. */
const LARGEST = 256 * 1024 * 1024;

/** How long a tab waits for another one that is about to get the token for both. */
const LOCK_MS = 5_000;

export interface TransportOptions {
  readonly environment: Environment;
  /** How long it may take until the server has greeted us. */
  readonly timeoutMs: number;
  /** Under which tabs agree on who connects first. */
  readonly key: string;
  readonly debug: DebugLog;
  /** The token to use when the builder was given none. */
  savedToken(): string | undefined;
  /** Calls foreign code and reports what it throws. */
  guard(run: () => void): void;
  /** Runs after the SDK has handled a frame of the server. */
  afterFrame(): void;
  /** The connection is over, for a reason other than `stop`. Runs once. */
  onFailure(problem: ConnectionProblem, reason: string): void;
}

export interface Transport {
  /** For `DbConnectionBuilder.withWSFn`. Never rejects before the failure was reported. */
  open(this: void, args: SocketArgs): Promise<SocketAdapter>;
  /** The server has greeted us. @returns the token that the connection was made with; undefined for a new identity */
  greeted(): string | undefined;
  /**
   * Finds out whether the other side is still there; a connection can die unnoticed, as while a computer
   * sleeps.
   */
  probe(): void;
  /** Ends the connection; nothing is reported. */
  stop(): void;
}

/**
 * Carries one connection of the SDK, in place of the SDK's own transport. That one (2.10.1) unpacks frames
 * concurrently, so that a small frame overtakes a large one that is still being unpacked (SpacetimeDB issue
 * 5730). This one hands them on in the order in which they arrived. It says why a connection failed, which a
 * browser's WebSocket does not.
 */
export function createTransport(options: TransportOptions): Transport {
  const { environment, savedToken, key, timeoutMs, debug } = options;
  const abort = new AbortController();
  let socket: SocketLike | undefined;
  let token: string | undefined;
  let isGreeted = false;
  let isOver = false;
  /** Ends the connection, unless something comes before; while all is well, it has the server asked. */
  let deadline: unknown;
  /** Whether something came since the server was asked, or greeted us. */
  let isAnswered = false;
  let unlock = ignore;
  let onmessage: (message: { data: Uint8Array }) => void = ignore;
  let attached = ignore;
  /** Settles when all frames that have arrived were handed on; not before the SDK has set its handlers. */
  let delivered = new Promise<void>((resolve) => (attached = resolve));
  /** How much has to happen before a frame can be handed on at once. */
  let waiting = 1;

  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    environment.clearTimeout(deadline);
    unlock();
    abort.abort();
    socket?.close();
    options.guard(() => adapter.onclose({ code: 1000, reason: '', wasClean: true } as CloseEvent));
  };
  const fail = (problem: ConnectionProblem, reason: string): void => {
    if (isOver) return;
    stop();
    options.onFailure(problem, reason);
  };
  const failAfter = (ms: number, problem: ConnectionProblem, reason: string): void => {
    environment.clearTimeout(deadline);
    if (!isOver) deadline = environment.setTimeout(() => fail(problem, reason), ms);
  };

  const send = (bytes: Uint8Array<ArrayBuffer>): void => {
    debug?.({ kind: 'sent', bytes });
    socket?.send(bytes);
  };

  const probe = (): void => {
    if (socket && socket.readyState > OPEN) fail('unreachable', 'The connection was lost');
    else if (isAnswered) {
      isAnswered = false;
      send(PROBE);
      failAfter(PROBE_MS, 'unreachable', 'The server does not answer any more');
    }
  };

  /** @param size that of the frame on the wire */
  const deliver = (payload: Uint8Array, size: number): void => {
    try {
      if (isOver) return;
      debug?.({ kind: 'received', bytes: payload, size });
      if (payload[0] === PROBE_ANSWER) {
        // Tag, request id, tag of the error, its length and its text.
        payload = payload.subarray(10 + new DataView(payload.buffer, payload.byteOffset).getUint32(6, true));
        if (payload.length === 0) return;
      }
      onmessage({ data: payload });
      options.afterFrame();
    } catch (error) {
      fail('bad-frame', `A message of the server could not be handled: ${String(error)}`);
    }
  };
  const receive = (data: ArrayBuffer): void => {
    if (isOver) return;
    environment.clearTimeout(deadline);
    isAnswered = true;
    deadline = environment.setTimeout(probe, QUIET_MS);
    const [format] = new Uint8Array(data, 0, 1);
    const body = new Uint8Array(data, 1);
    if (format === 0 && waiting === 0) return deliver(body, data.byteLength);
    waiting++;
    // Frames are unpacked at the same time but handed on in turn.
    delivered = Promise.all([
      format === 0 ? body : unpack(body, format === 2 ? 'gzip' : 'brotli'),
      delivered,
    ]).then(
      ([payload]) => {
        waiting--;
        deliver(payload, data.byteLength);
      },
      () => fail('bad-frame', 'A frame of the server could not be unpacked'),
    );
  };

  const request: Request = (base, path, bearer) => {
    const url = new URL(path, base);
    url.protocol = url.protocol.replace('ws', 'http');
    return environment.fetch(url, {
      signal: abort.signal,
      ...(bearer !== undefined && { method: 'POST', headers: { Authorization: `Bearer ${bearer}` } }),
    });
  };
  /** Has the tabs that come without a token wait for the first of them, so that all are the same person. */
  const firstToken = (): Promise<void> =>
    new Promise((go) => {
      const timer = environment.setTimeout(go, LOCK_MS);
      const held = new Promise<void>((resolve) => {
        unlock = () => {
          environment.clearTimeout(timer);
          resolve();
        };
      });
      void environment.locks?.request(key, () => (go(), held)).then(go, go);
    });
  /** @throws the answer that refuses the token, or undefined when the socket did not open */
  const connect = async (args: SocketArgs): Promise<void> => {
    const { url: base, nameOrAddress, authToken, compression, lightMode, confirmedReads } = args;
    token = authToken ?? savedToken();
    if (token === undefined && environment.locks) {
      await firstToken();
      token = savedToken();
    }
    const url = new URL(`v1/database/${encodeURIComponent(nameOrAddress)}/subscribe`, base);
    const set = (name: string, value: unknown): void =>
      value === undefined ? undefined : url.searchParams.set(name, String(value));
    if (token !== undefined) {
      // Swaps the token for one that lives a minute, since the one for the socket stands in an address.
      const response = await request(base, 'v1/identity/websocket-token', token);
      if (!response.ok) throw response;
      set('token', ((await response.json()) as { token: string }).token);
    }
    set(
      'compression',
      compression.replace(/^./, (first) => first.toUpperCase()),
    );
    set('light', lightMode || undefined);
    set('confirmed', confirmedReads);
    abort.signal.throwIfAborted();
    const opening = (socket = await environment.openSocket(url.href, args.wsProtocol));
    if (isOver) socket.close();
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => receive(data);
    await new Promise<void>((resolve, reject) => {
      opening.onopen = () => {
        opening.onclose = (event) => closed(event, args);
        adapter.protocol = opening.protocol;
        resolve();
      };
      // The WebSocket of undici 6 fails without closing.
      opening.onclose = opening.onerror = abort.signal.onabort = () => reject();
    });
  };
  const closed = ({ code, reason }: { code: number; reason: string }, args: SocketArgs): void => {
    // What arrived before the end still counts: it is handed on, and whoever awaits it runs, before the end
    // is told.
    void Promise.all([isGreeted ? undefined : refusalOf(args), delivered]).then(([refusal]) =>
      refusal
        ? failAfter(0, 'refused', refusal)
        : failAfter(0, 'closed-by-server', reason || `The connection was closed (code ${code})`),
    );
  };
  /** The module's words, if it has not let us in. */
  const refusalOf = (args: SocketArgs): Promise<string | undefined> => refusal(token, args, request);

  const adapter = {
    protocol: '',
    onopen: ignore,
    onclose: ignore as (event: CloseEvent) => void,
    // A socket that fails also closes, and then says no less.
    onerror: ignore,
    /**
     * The SDK sets its handlers, all in one go, when `open` has given it the adapter. The socket is open by
     * then.
     */
    set onmessage(run: (message: { data: Uint8Array }) => void) {
      onmessage = run;
      queueMicrotask(() => {
        adapter.onopen();
        waiting--;
        attached();
      });
    },
    send,
    // The SDK disconnects by itself when the server ends a query that was running.
    close: () => fail('closed-by-server', 'The server ended a subscription'),
  };

  failAfter(timeoutMs, 'unreachable', `No answer within ${timeoutMs / 1000} seconds`);
  return {
    async open(args) {
      try {
        await connect(args);
      } catch (cause) {
        if (!isOver) fail(...(await explain(cause, args, request)));
        throw cause;
      }
      return adapter;
    },
    greeted() {
      isGreeted = true;
      unlock();
      return token;
    },
    probe,
    stop,
  };
}

/** @throws RangeError when it becomes larger than a frame may be */
async function unpack(data: Uint8Array<ArrayBuffer>, format: string): Promise<Uint8Array> {
  let size = 0;
  const bounded = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    transform(part, controller) {
      if ((size += part.length) > LARGEST) throw new RangeError('Too large');
      controller.enqueue(part as Uint8Array<ArrayBuffer>);
    },
  });
  const stream = new Blob([data])
    .stream()
    .pipeThrough(new DecompressionStream(format as CompressionFormat))
    .pipeThrough(bounded);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
