import type { Identity } from 'spacetimedb';
import { defaultBackoff, retryDelay } from './backoff.ts';
import { Calls } from './calls.ts';
import { environment as platform } from './environment.ts';
import { NotConnectedError } from './errors.ts';
import { Hub, type SdkDb } from './hub.ts';
import { setInternals } from './internals.ts';
import { Leases } from './leases.ts';
import { openSession } from './session.ts';
import { Scope, Store } from './store.ts';
import { browserTokens, tokenKey } from './tokens.ts';
import type { ConnectionFailure } from './transport.ts';
import type { Transport } from './transport.ts';
import type {
  AnyDb,
  Backoff,
  Builder,
  CallOptions,
  ConnectOptions,
  Connection,
  ConnectionStatus,
  Environment,
  TokenStore,
} from './types.ts';

/** A connection that lasted this long was a good one: the next failure is the first of a new row. */
const GOOD_MS = 10_000;

/**
 * A connection to one database, with stores in mind: it is opened when the first store is subscribed or the
 * first call made, opened again when it is lost, and closed a short grace after its last use. Nothing is
 * opened on the server side of a page, unless `connectOnServer` is set.
 * @param factory makes a builder of the generated bindings, for each try anew: `() =>
 * DbConnection.builder().withUri(uri).withDatabaseName(name)`
 */
export function connect<Db extends AnyDb>(
  factory: () => Builder<Db>,
  options: ConnectOptions = {},
): Connection<Db> {
  const keeper = new Keeper(factory, options);
  const { status, identity } = keeper;
  const connection: Connection<Db> = {
    status: { subscribe: status.subscribe, get: status.get },
    identity: { subscribe: identity.subscribe, get: identity.get },
    call: (run, options) => keeper.call(run, options),
    retryNow: () => keeper.retryNow(),
    reconnect: () => keeper.reconnect(),
    signInAnew: () => keeper.signInAnew(),
    close: () => keeper.close(),
  };
  setInternals(connection, keeper);
  return connection;
}

/** Keeps a connection up. */
class Keeper<Db extends AnyDb> {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly leases: Leases;
  readonly hub: Hub;
  readonly status: Store<ConnectionStatus>;
  readonly identity: Store<Identity | undefined>;
  /** Says that the connection is needed; gives what takes that back. */
  readonly keepOpen: () => () => void;
  readonly #factory: () => Builder<Db>;
  readonly #tokens: TokenStore;
  readonly #backoff: Backoff;
  readonly #timeoutMs: number;
  readonly #calls = new Calls<Db>();
  #needed = false;
  /** The connection, or the try to make one. */
  #session: Transport | undefined;
  /** Set once the server has greeted us. */
  #db: Db | undefined;
  #connectedAt = 0;
  #failures = 0;
  #timer: unknown;

  constructor(factory: () => Builder<Db>, options: ConnectOptions) {
    const parts = options.connectOnServer ? { isServer: false, ...options.environment } : options.environment;
    this.environment = platform(parts);
    this.scope = new Scope(options.onError ?? report);
    this.leases = new Leases(this.environment, options.graceMs ?? 2_000);
    this.hub = new Hub(this.scope);
    this.status = new Store<ConnectionStatus>(this.scope, { state: 'idle', attempt: 0 });
    this.identity = new Store<Identity | undefined>(this.scope, undefined);
    this.keepOpen = this.leases.create(() => this.#start());
    this.#factory = factory;
    this.#tokens = options.tokens ?? browserTokens();
    this.#backoff = { ...defaultBackoff, ...options.backoff };
    this.#timeoutMs = options.connectTimeoutMs ?? 15_000;
  }

  async call<T>(run: (db: Db) => Promise<T>, { signal, queue = 0 }: CallOptions = {}): Promise<T> {
    const letGo = this.keepOpen();
    try {
      const patient = this.#calls.patient < queue;
      if (!this.#session && !(patient && this.#timer !== undefined))
        throw new NotConnectedError(this.status.get().reason ?? 'There is no connection');
      return await this.#calls.add(run, this.#db, patient, signal);
    } finally {
      letGo();
    }
  }

  retryNow(): void {
    if (this.#needed && !this.#session) this.#try();
  }

  signInAnew(): void {
    const builder = this.#factory();
    this.#tokens.remove(tokenKey(builder.getUri(), builder.getModuleName()));
    this.reconnect();
  }

  reconnect(): void {
    this.#end('The connection is made anew');
    this.retryNow();
  }

  close(): void {
    this.scope.batch(() => {
      this.#end('The connection was closed');
      this.leases.close();
      this.status.set({ state: 'closed', attempt: 0 });
    });
  }

  #start(): () => void {
    const { isServer, window, document } = this.environment;
    if (isServer) return () => undefined;
    const wake = (): void => this.#wake();
    const events = [
      [window, 'online'],
      [window, 'offline'],
      [window, 'pageshow'],
      [document, 'visibilitychange'],
    ] as const;
    for (const [target, name] of events) target?.addEventListener(name, wake);
    this.#needed = true;
    this.#try();
    return () => {
      for (const [target, name] of events) target?.removeEventListener(name, wake);
      this.#needed = false;
      this.#end('The connection is not needed any more');
      this.#failures = 0;
      this.status.set({ state: 'idle', attempt: 0 });
    };
  }

  #try(): void {
    this.#clearTimer();
    const attempt = this.#failures + 1;
    this.status.set({
      ...this.#lastProblem(),
      state: this.#failures ? 'reconnecting' : 'connecting',
      attempt,
    });
    try {
      const session: Transport = openSession<Db>(
        this.#factory,
        { environment: this.environment, tokens: this.#tokens, timeoutMs: this.#timeoutMs },
        {
          guard: (run) => this.scope.guard(run, undefined),
          onConnect: (db, identity) => session === this.#session && this.#connected(db, identity),
          afterMessage: () => session === this.#session && this.hub.afterMessage(),
          onFailure: (failure) => session === this.#session && this.#failed(failure),
        },
      );
      this.#session = session;
    } catch (error) {
      this.#failed(error as ConnectionFailure);
    }
  }

  #connected(db: Db, identity: Identity): void {
    this.#db = db;
    this.#connectedAt = this.environment.now();
    this.scope.batch(() => {
      const known = this.identity.get();
      if (known?.__identity__ !== identity.__identity__) this.identity.set(identity);
      this.status.set({ state: 'connected', attempt: 0 });
      this.hub.attach(db as unknown as SdkDb);
    });
    this.#calls.connected(db);
  }

  #failed({ problem, message: reason }: ConnectionFailure): void {
    const { now, random, isOnline, setTimeout } = this.environment;
    if (this.#db && now() - this.#connectedAt > GOOD_MS) this.#failures = 0;
    this.#failures++;
    const isFinal = problem === 'token-rejected' || problem === 'refused';
    this.scope.batch(() => {
      this.#end(reason, !isFinal);
      const attempt = this.#failures;
      if (isFinal) {
        this.status.set({ state: 'rejected', problem, reason, attempt });
        return;
      }
      const delay = retryDelay(this.#backoff, attempt, random());
      this.#timer = setTimeout(() => this.#try(), delay);
      const state = isOnline() ? 'reconnecting' : 'offline';
      this.status.set({ state, problem, reason, nextTryAt: now() + delay, attempt });
    });
  }

  /** Ends the connection, or the try, or the wait for the next try. */
  #end(reason: string, retrying = false): void {
    this.#clearTimer();
    const session = this.#session;
    this.#session = this.#db = undefined;
    session?.stop();
    this.hub.detach();
    this.#calls.lost(reason, retrying);
  }

  /** The network or the page is back, or the network is gone. */
  #wake(): void {
    const { document, isOnline } = this.environment;
    if (document?.visibilityState === 'hidden') return;
    if (this.#session) this.#session.probe();
    else if (this.#timer === undefined) return;
    else if (isOnline()) this.#try();
    else this.status.set({ ...this.status.get(), state: 'offline' });
  }

  #clearTimer(): void {
    this.environment.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #lastProblem(): Pick<ConnectionStatus, 'problem' | 'reason'> {
    const { problem, reason } = this.status.get();
    return { ...(problem && { problem }), ...(reason && { reason }) };
  }
}

function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error);
  else console.error(error);
}
