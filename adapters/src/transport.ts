import { ONE_OFF_QUERY_RESULT, splitMessages } from './messages.ts';
import type { ConnectionProblem, Environment, SocketAdapter, SocketArgs, SocketLike } from './types.ts';

const V3 = 'v3.bsatn.spacetimedb';
const OPEN = 1;

/**
 * A one-off query for nothing (tag, request id, empty text), which the server answers with an error in any
 * case. The SDK has no one-off queries of its own, so the answer is kept from it.
 */
const PROBE = new Uint8Array([2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
const PROBE_MS = 5_000;

const compressionNames = { gzip: 'Gzip', brotli: 'Brotli', none: 'None' };

type SocketEnd = { readonly code: number; readonly reason: string };

/** Why a connection could not be made or was lost. */
export class ConnectionFailure extends Error {
  readonly problem: ConnectionProblem;

  constructor(problem: ConnectionProblem, reason: string) {
    super(reason);
    this.problem = problem;
  }
}

export interface TransportHooks {
  readonly environment: Environment;
  /** The token to use when the builder was given none. */
  readonly savedToken: string | undefined;
  /** Calls foreign code and reports what it throws. */
  guard(run: () => void): void;
  /** Runs after the SDK has fully handled one server message, so after each transaction. */
  afterMessage(): void;
  /** The connection is over, for whatever reason. */
  onStop(): void;
  /** The connection is over, for a reason other than `close()`. Runs once. */
  onFailure(failure: ConnectionFailure): void;
}

/**
 * Carries one connection of the SDK, in place of the SDK's own transport. That one (2.10.1) unpacks frames
 * concurrently, so that a small frame overtakes a large one that is still being unpacked (SpacetimeDB issue
 * 5730). This one hands them on in the order in which they arrived and one message at a time, which also
 * tells where a transaction ends. It says why a connection failed, which a browser's WebSocket does not.
 */
export class Transport implements SocketAdapter {
  readonly #hooks: TransportHooks;
  readonly #abort = new AbortController();
  #socket: SocketLike | undefined;
  #onmessage: (message: { data: Uint8Array }) => void = () => undefined;
  #onclose: (event: CloseEvent) => void = () => undefined;
  #onopen: () => void = () => undefined;
  #attached: () => void = () => undefined;
  /** Settles when all frames that have arrived were handed on; not before the SDK has set its handlers. */
  #delivered = new Promise<void>((resolve) => (this.#attached = resolve));
  /** How much has to happen before a frame can be handed on at once. */
  #waiting = 1;
  #over = false;
  /** Whether anything has come from the server. */
  #greeted = false;
  /** A timer that ends the connection, unless something comes before. */
  #deadline: unknown;

  /** Whether the connection was made with a token, so that the identity is not a new one. */
  authenticated = false;

  constructor(hooks: TransportHooks) {
    this.#hooks = hooks;
  }

  get protocol(): string {
    return this.#socket?.protocol ?? '';
  }

  get readyState(): number {
    return this.#over ? 3 : (this.#socket?.readyState ?? 0);
  }

  set onopen(run: () => void) {
    this.#onopen = run;
  }

  /**
   * The SDK sets its handlers, all in one go, when `open` has given it the adapter. The socket is open by
   * then.
   */
  set onmessage(run: (message: { data: Uint8Array }) => void) {
    this.#onmessage = run;
    queueMicrotask(() => {
      this.#onopen();
      this.#waiting--;
      this.#attached();
    });
  }

  set onclose(run: (event: CloseEvent) => void) {
    this.#onclose = run;
  }

  set onerror(_run: (event: ErrorEvent) => void) {
    // A socket that fails also closes, and then says no less.
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    this.#socket?.send(message);
  }

  /**
   * Called by the SDK when it disconnects by itself, as it does when the server ends a query that was
   * running.
   */
  close(): void {
    this.fail('closed-by-server', 'The server ended a subscription');
  }

  /**
   * Finds out whether the other side is still there; a connection can die unnoticed, as while a computer
   * sleeps.
   */
  probe(): void {
    if (this.#socket && this.#socket.readyState > OPEN)
      return this.fail('unreachable', 'The connection was lost');
    if (!this.#greeted || this.#deadline !== undefined) return;
    this.#socket?.send(PROBE);
    this.#failAfter(PROBE_MS, () => this.fail('unreachable', 'The server does not answer any more'));
  }

  /** Ends the connection; nothing is reported. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#hooks.environment.clearTimeout(this.#deadline);
    this.#hooks.onStop();
    this.#abort.abort();
    this.#socket?.close();
    this.#hooks.guard(() => this.#onclose({ code: 1000, reason: '', wasClean: true } as CloseEvent));
  }

  /** Ends the connection and reports why. */
  fail(problem: ConnectionProblem, reason: string): void {
    if (this.#over) return;
    this.stop();
    this.#hooks.onFailure(new ConnectionFailure(problem, reason));
  }

  /** For `DbConnectionBuilder.withWSFn`. Never rejects before the failure was reported. */
  readonly open = async (args: SocketArgs): Promise<SocketAdapter> => {
    try {
      await this.#connect(args);
    } catch (error) {
      const known = error instanceof ConnectionFailure;
      this.fail(
        known ? error.problem : 'unreachable',
        known ? error.message : `No answer from ${args.url.host}`,
      );
      throw error;
    }
    return this;
  };

  async #connect(args: SocketArgs): Promise<void> {
    const token = args.authToken ?? this.#hooks.savedToken;
    this.authenticated = token !== undefined;
    const url = new URL(`${pathOf(args)}/subscribe`, args.url);
    if (token !== undefined) url.searchParams.set('token', await this.#exchange(args, token));
    url.searchParams.set('compression', compressionNames[args.compression]);
    if (args.lightMode) url.searchParams.set('light', 'true');
    if (args.confirmedReads !== undefined) url.searchParams.set('confirmed', String(args.confirmedReads));
    const socket = await this.#hooks.environment.openSocket(url.href, args.wsProtocol);
    if (this.#over) {
      socket.close();
      throw new ConnectionFailure('unreachable', 'Given up');
    }
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => this.#receive(data);
    const opened = await new Promise<boolean>((resolve) => {
      socket.onopen = () => {
        socket.onclose = (event) => this.#closed(event, args, token);
        resolve(true);
      };
      // The WebSocket of undici 6 fails without closing.
      socket.onclose = socket.onerror = this.#abort.signal.onabort = () => resolve(false);
    });
    if (!opened) throw await this.#explain(args);
  }

  #closed({ code, reason }: SocketEnd, args: SocketArgs, token: string | undefined): void {
    // What arrived before the end still counts: it is handed on, and whoever awaits it runs, before the end
    // is told.
    void Promise.all([this.#refusal(args, token), this.#delivered]).then(([refusal]) =>
      this.#failAfter(0, () =>
        this.fail(
          refusal ? 'refused' : 'closed-by-server',
          refusal || reason || `The connection was closed (code ${code})`,
        ),
      ),
    );
  }

  /**
   * What a module's `client_connected` says to those whom it does not let in. Over a socket the server drops them
   * without a word, after the handshake; to a request it answers, whatever the request is about.
   */
  async #refusal(args: SocketArgs, token: string | undefined): Promise<string | undefined> {
    if (this.#greeted || token === undefined) return undefined;
    try {
      const response = await this.#request(args, `${pathOf(args)}/sql`, bearer(token));
      return response.status === 403 ? await response.text() : undefined;
    } catch {
      return undefined;
    }
  }

  #failAfter(ms: number, fail: () => void): void {
    const { setTimeout, clearTimeout } = this.#hooks.environment;
    clearTimeout(this.#deadline);
    if (!this.#over) this.#deadline = setTimeout(fail, ms);
  }

  /** Swaps the token for one that lives a minute, since the one for the socket stands in an address. */
  async #exchange(args: SocketArgs, token: string): Promise<string> {
    const response = await this.#request(args, 'v1/identity/websocket-token', bearer(token));
    if (response.ok) return ((await response.json()) as { token: string }).token;
    if ([400, 401].includes(response.status)) {
      const reason = await response.text();
      throw new ConnectionFailure(
        'token-rejected',
        reason.slice(0, 200) || 'The server does not accept the saved token',
      );
    }
    throw new ConnectionFailure('unreachable', `${args.url.host} answered with status ${response.status}`);
  }

  /** A browser does not say why a socket did not open, so ask over HTTP. */
  async #explain(args: SocketArgs): Promise<ConnectionFailure> {
    const response = await this.#request(args, `${pathOf(args)}/identity`);
    return response.status === 404
      ? new ConnectionFailure('unknown-database', `${args.url.host} has no database ${args.nameOrAddress}`)
      : new ConnectionFailure('unreachable', `${args.url.host} refused the connection`);
  }

  #request(
    args: SocketArgs,
    path: string,
    init: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const url = new URL(path, args.url);
    url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:';
    return this.#hooks.environment.fetch(url, { ...init, signal: this.#abort.signal });
  }

  #receive(data: ArrayBuffer): void {
    this.#greeted = true;
    this.#hooks.environment.clearTimeout(this.#deadline);
    this.#deadline = undefined;
    const [format] = new Uint8Array(data, 0, 1);
    const body = new Uint8Array(data, 1);
    if (format === 0 && this.#waiting === 0) return this.#deliver(body);
    this.#waiting++;
    // Frames are unpacked at the same time but handed on in turn.
    const unpacked = format === 0 ? body : unpack(body, format === 2 ? 'gzip' : 'brotli');
    const before = this.#delivered;
    this.#delivered = Promise.all([unpacked, before]).then(
      ([payload]) => {
        this.#waiting--;
        this.#deliver(payload);
      },
      () => this.fail('bad-frame', 'A frame of the server could not be unpacked'),
    );
  }

  #deliver(payload: Uint8Array): void {
    try {
      for (const message of this.protocol === V3 ? splitMessages(payload) : [payload]) {
        if (this.#over) return;
        if (message[0] === ONE_OFF_QUERY_RESULT) continue;
        this.#onmessage({ data: message });
        this.#hooks.afterMessage();
      }
    } catch (error) {
      this.fail('bad-frame', `A message of the server could not be handled: ${String(error)}`);
    }
  }
}

function pathOf({ nameOrAddress }: SocketArgs): string {
  return `v1/database/${encodeURIComponent(nameOrAddress)}`;
}

function bearer(token: string) {
  return { method: 'POST', headers: { Authorization: `Bearer ${token}` } };
}

async function unpack(data: Uint8Array<ArrayBuffer>, format: string): Promise<Uint8Array> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream(format as CompressionFormat));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
