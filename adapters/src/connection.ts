import type { Identity } from 'spacetimedb';
import { defaultBackoff, retryDelay } from './backoff.ts';
import { openDebugLog, type DebugLog } from './debug.ts';
import { noop } from './empty.ts';
import { environment as platform } from './environment.ts';
import { ConnectionError, messageOf, NotConnectedError } from './errors.ts';
import { setInternals } from './internals.ts';
import { PendingCalls } from './pending-calls.ts';
import { RefCounts } from './ref-count.ts';
import { SignInToken } from './sign-in-token.ts';
import { Scope, Store } from './store.ts';
import { createSubscriptions, type SdkDb } from './subscriptions.ts';
import { browserTokens, tokenKey } from './tokens.ts';
import { Transport } from './transport.ts';
import type {
  AnyDb,
  Backoff,
  Builder,
  CallOptions,
  ConnectOptions,
  Connection,
  ConnectionStatus,
  Environment,
} from './types.ts';

/** After a connection that lasted this long, the next failure counts as the first. */
const GOOD_MS = 10_000;

/** Errors that retrying cannot fix. */
const FINAL_CODES: readonly ConnectionError['code'][] = ['token-rejected', 'refused', 'incompatible'];

/**
 * Creates a connection to one database. It opens when the first store is subscribed or the first call is made, reconnects
 * when it is lost, and closes shortly after its last use. Nothing is opened while a page is rendered on a server.
 * @param factory creates a builder of the generated bindings; called for each connection attempt
 * @param options tokens, times and the log
 * @returns the connection, which is not open yet
 * @example
 * ```ts
 * const connection = connect(() =>
 *   DbConnection.builder().withUri('https://maincloud.spacetimedb.com').withDatabaseName('my-database'),
 * );
 * connection.status.subscribe(({ status }) => console.log(status)); // connected
 * liveTable(connection, tables.user).subscribe((users) => console.log(users.length)); // 3
 * ```
 */
export function connect<Db extends AnyDb>(
  factory: () => Builder<Db>,
  options: ConnectOptions = {},
): Connection<Db> {
  const manager = new ConnectionManager(factory, options);
  const { status, identity, token, call, retry, reconnect, useToken, resetIdentity, close } = manager;
  const connection: Connection<Db> = {
    status: status.readable,
    identity: identity.readable,
    token: token.readable,
    call,
    retry,
    reconnect,
    useToken,
    resetIdentity,
    close,
  };
  setInternals(connection, manager);
  return connection;
}

class ConnectionManager<Db extends AnyDb> {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly refCounts: RefCounts;
  readonly subscriptions;
  readonly status: Store<ConnectionStatus>;
  readonly identity: Store<Identity | undefined>;
  readonly token: SignInToken;
  readonly keepOpen;
  readonly #factory: () => Builder<Db>;
  readonly #backoff: Backoff;
  readonly #timeoutMs: number;
  readonly #debug: DebugLog;
  readonly #calls = new PendingCalls<Db>();
  #isNeeded = false;
  /** The connection, or the attempt to open one. */
  #transport: Transport | undefined;
  /** Set once the server has greeted us. */
  #db: Db | undefined;
  #connectedAt = 0;
  #failures = 0;
  /** Runs until the next attempt. */
  #timer: unknown;
  /** Stops the running comparison of the bindings with the database. */
  #comparing: AbortController | undefined;
  /** The connection of the last comparison. */
  #compared: Db | undefined;

  constructor(factory: () => Builder<Db>, options: ConnectOptions) {
    this.#factory = factory;
    this.#backoff = { ...defaultBackoff, ...options.backoff };
    this.#timeoutMs = options.connectTimeoutMs ?? 15_000;
    this.environment = platform({
      ...(options.connectOnServer && { isServer: false }),
      ...options.environment,
    });
    const onError = options.onError ?? ((error) => (globalThis.reportError ?? console.error)(error));
    this.scope = new Scope(onError);
    this.refCounts = new RefCounts(this.environment, options.unsubscribeDelayMs ?? 2_000);
    this.subscriptions = createSubscriptions(this.scope);
    this.status = new Store<ConnectionStatus>(this.scope, { status: 'idle', attempt: 0 });
    this.identity = new Store<Identity | undefined>(this.scope, undefined);
    this.token = new SignInToken(this.scope, options.tokens ?? browserTokens());
    this.#debug = openDebugLog(options.debug, onError);
    if (this.#debug) this.status.subscribe((status) => this.#logStatus(status));
    this.keepOpen = this.refCounts.create(() => (this.environment.isServer ? noop : this.#start()));
  }

  readonly call = async <T>(
    run: (db: Db) => Promise<T>,
    { signal, maxQueued = 0 }: CallOptions = {},
  ): Promise<T> => {
    const release = this.keepOpen();
    try {
      const isQueued = this.#calls.queued < maxQueued;
      if (!this.#transport && !(isQueued && this.#timer !== undefined)) {
        const { error: cause } = this.status.get();
        throw new NotConnectedError(cause?.message ?? 'There is no connection', cause && { cause });
      }
      return await this.#calls.add(run, this.#db, isQueued, signal);
    } catch (error) {
      if (error instanceof NotConnectedError) this.#debug?.({ kind: 'unsent', error });
      throw error;
    } finally {
      release();
    }
  };

  readonly retry = (): void => {
    if (!this.#isNeeded || this.#transport) return;
    this.#resetSchemaCheck();
    this.#attempt();
  };

  readonly reconnect = (): void => {
    this.#end(new Error('The connection is being replaced'));
    this.retry();
  };

  readonly useToken = (token: string): void => {
    this.token.replace(keyOf(this.#factory()), token);
    this.reconnect();
  };

  readonly resetIdentity = (): void => {
    this.token.forget(keyOf(this.#factory()));
    this.reconnect();
  };

  readonly close = (): void => {
    this.#resetSchemaCheck();
    this.scope.batch(() => {
      this.#end(new Error('The connection was closed'));
      this.refCounts.close();
      this.status.set({ status: 'closed', attempt: 0 });
    });
  };

  readonly checkSchema = (): void => {
    const tables = this.subscriptions.tables();
    if (this.#comparing || this.#compared === this.#db || tables.length === 0) return;
    this.#compared = this.#db;
    const { signal } = (this.#comparing = new AbortController());
    void import('./schema-check.ts')
      .then(({ findSchemaMismatch }) => {
        const builder = this.#factory();
        return findSchemaMismatch(tables, builder.getUri(), builder.getModuleName(), (url) =>
          this.environment.fetch(url, { signal }),
        );
      })
      // If the server does not describe the database, it was some other failure.
      .catch(() => undefined)
      .then((difference) => {
        if (signal.aborted) return;
        this.#comparing = undefined;
        if (difference === undefined) return;
        this.#failed(
          new ConnectionError('incompatible', `The database is not what is expected: ${difference}`),
        );
      });
  };

  #resetSchemaCheck(): void {
    this.#comparing?.abort();
    this.#comparing = this.#compared = undefined;
  }

  /** Called for the first user. Returns what to do after the last one has left. */
  #start(): () => void {
    const { window, document } = this.environment;
    const listen = (how: 'addEventListener' | 'removeEventListener'): void => {
      for (const name of ['online', 'offline', 'pageshow']) window?.[how](name, this.#wake);
      window?.[how]('pagehide', this.#leave);
      document?.[how]('visibilitychange', this.#wake);
    };
    listen('addEventListener');
    this.#isNeeded = true;
    this.#attempt();
    return () => {
      listen('removeEventListener');
      this.#isNeeded = false;
      this.#resetSchemaCheck();
      this.#end(new Error('The connection is no longer needed'));
      this.#failures = 0;
      this.status.set({ status: 'idle', attempt: 0 });
    };
  }

  /** Makes one attempt. An SDK connection cannot be reused after a disconnect, so each attempt builds a new one. */
  #attempt(): void {
    this.#clearTimer();
    const { error } = this.status.get();
    this.status.set({
      status: this.#failures > 0 ? 'reconnecting' : 'connecting',
      ...(error && { error }),
      attempt: this.#failures + 1,
    });
    try {
      const builder = this.#factory();
      if (this.token.isChosen) builder.withToken();
      const key = keyOf(builder);
      this.#debug?.({ kind: 'attempt', key, attempt: this.#failures + 1 });
      const transport = this.#createTransport(key);
      this.#transport = transport;
      builder.withWSFn(transport.open);
      builder.onConnect((db: Db & { token?: string }, identity, newToken) => {
        if (transport !== this.#transport) return;
        const token = transport.greeted();
        // With a token, the server's greeting repeats the short-lived one for the socket.
        if (token !== undefined) db.token = token;
        this.scope.batch(() => {
          if (token === undefined) this.token.save(key, newToken);
          this.#connected(db, identity);
        });
        this.#calls.connected(db);
      });
      builder.build();
    } catch (error) {
      this.#failed(new ConnectionError('misconfigured', messageOf(error), { cause: error }));
    }
  }

  #createTransport(key: string): Transport {
    const transport: Transport = new Transport({
      environment: this.environment,
      lockName: this.token.lockName(key),
      debug: this.#debug,
      timeoutMs: this.#timeoutMs,
      chooseToken: (given) => this.token.choose(key, given),
      guard: (run) => this.scope.guard(run, undefined),
      afterFrame: () => transport === this.#transport && this.subscriptions.afterMessage(),
      onFailure: (error) => transport === this.#transport && this.#failed(error),
    });
    return transport;
  }

  #connected(db: Db, identity: Identity): void {
    this.#db = db;
    this.#connectedAt = this.environment.now();
    if (this.identity.get()?.__identity__ !== identity.__identity__) this.identity.set(identity);
    this.status.set({ status: 'connected', attempt: 0 });
    this.subscriptions.attach(db as unknown as SdkDb);
  }

  #failed(error: ConnectionError): void {
    const { isOnline, now, random, setTimeout } = this.environment;
    // Rows of other types cannot be read either, and then retrying does not help.
    if (error.code === 'bad-frame') this.checkSchema();
    if (this.#db && now() - this.#connectedAt > GOOD_MS) this.#failures = 0;
    const attempt = ++this.#failures;
    const isFinal = FINAL_CODES.includes(error.code);
    this.scope.batch(() => {
      this.#end(error, !isFinal);
      if (isFinal) return this.status.set({ status: 'rejected', error, attempt });
      const delay = retryDelay(this.#backoff, attempt, random());
      this.#timer = setTimeout(() => this.#attempt(), delay);
      const status = isOnline() ? 'reconnecting' : 'offline';
      this.status.set({ status, error, nextRetryAt: now() + delay, attempt });
    });
  }

  #logStatus(status: ConnectionStatus): void {
    const identity = this.identity.get()?.toHexString();
    this.#debug?.({ kind: 'status', status, identity, now: this.environment.now() });
  }

  /** Ends the connection, the attempt, or the wait for the next attempt. */
  #end(cause: Error, isRetrying = false): void {
    this.#clearTimer();
    const transport = this.#transport;
    this.#transport = this.#db = undefined;
    transport?.stop();
    this.subscriptions.detach();
    this.#calls.lost(cause, isRetrying);
  }

  #clearTimer(): void {
    this.environment.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Called when the reader leaves the page and the browser caches it. With an open socket, they would still be online
   * for everyone else.
   */
  readonly #leave = (event: Event): void => {
    if (!this.#transport || !(event as PageTransitionEvent).persisted) return;
    this.#failed(new ConnectionError('unreachable', 'The page was left'));
  };

  /** Called when the network or the page is back, or the network is gone. */
  readonly #wake = (): void => {
    const { document, isOnline } = this.environment;
    if (document?.visibilityState === 'hidden') return;
    if (this.#transport) this.#transport.ping();
    else if (this.#timer === undefined) return;
    else if (isOnline()) this.#attempt();
    else this.status.set({ ...this.status.get(), status: 'offline' });
  };
}

function keyOf<Db>(builder: Builder<Db>): string {
  return tokenKey(builder.getUri(), builder.getModuleName());
}
