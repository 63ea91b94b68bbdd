import type { Identity } from 'spacetimedb';
import { Calls } from './calls.ts';
import { openDebugLog } from './debug.ts';
import { environment as platform } from './environment.ts';
import { NotConnectedError } from './errors.ts';
import { createHub, type SdkDb } from './hub.ts';
import { setInternals } from './internals.ts';
import { Leases } from './leases.ts';
import { Scope, Store } from './store.ts';
import { browserTokens, tokenKey } from './tokens.ts';
import { createTransport, type Transport } from './transport.ts';
import type {
  AnyDb,
  Backoff,
  Builder,
  ConnectOptions,
  Connection,
  ConnectionProblem,
  ConnectionStatus,
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
  const environment = platform({
    ...(options.connectOnServer && { isServer: false }),
    ...options.environment,
  });
  const { window, document, isServer, isOnline, now } = environment;
  const backoff: Backoff = {
    minDelay: 500,
    maxDelay: 15_000,
    factor: 2,
    jitter: 0.5,
    ...options.backoff,
  };
  const tokens = options.tokens ?? browserTokens();
  const onError = options.onError ?? ((error) => (globalThis.reportError ?? console.error)(error));
  const scope = new Scope(onError);
  const debug = openDebugLog(options.debug, onError);
  const leases = new Leases(environment, options.graceMs ?? 2_000);
  const hub = createHub(scope);
  const calls = new Calls<Db>();
  const status = new Store<ConnectionStatus>(scope, { state: 'idle', attempt: 0 });
  const identity = new Store<Identity | undefined>(scope, undefined);
  let isNeeded = false;
  /** The connection, or the try to make one. */
  let session: Transport | undefined;
  /** Set once the server has greeted us. */
  let db: Db | undefined;
  let connectedAt = 0;
  let failures = 0;
  /** Ends the comparison of our tables with the server's that is under way. */
  let comparing: AbortController | undefined;
  /** Where they were last compared. */
  let compared: Db | undefined;
  /** Until the next try. */
  let timer: unknown;

  const clearTimer = (): void => {
    environment.clearTimeout(timer);
    timer = undefined;
  };
  const keyOf = (builder: Builder<Db>): string => tokenKey(builder.getUri(), builder.getModuleName());

  /** Makes one try. An SDK connection cannot be used again once it was disconnected, so each builds a new one. */
  const attempt = (): void => {
    clearTimer();
    // Without the time of this try.
    const { nextTryAt: _, ...known } = status.get();
    status.set({
      ...known,
      state: failures > 0 ? 'reconnecting' : 'connecting',
      attempt: failures + 1,
    });
    try {
      const builder = factory();
      const key = keyOf(builder);
      debug?.({ kind: 'attempt', key, attempt: failures + 1 });
      const transport = createTransport({
        environment,
        key,
        debug,
        timeoutMs: options.connectTimeoutMs ?? 15_000,
        // The builder's own token wins, so that a page which signs people in by other means keeps control.
        savedToken: () => tokens.get(key),
        guard: (run) => scope.guard(run, undefined),
        afterFrame: () => transport === session && hub.afterMessage(),
        onFailure: (problem, reason) => transport === session && failed(problem, reason),
      });
      session = transport;
      builder.withWSFn(transport.open);
      builder.onConnect((newDb: Db & { token?: string }, newIdentity, newToken) => {
        if (transport !== session) return;
        const token = transport.greeted();
        // With a token, the server's greeting repeats the one for the socket, which soon expires.
        if (token === undefined) tokens.set(key, newToken);
        else newDb.token = token;
        connected(newDb, newIdentity);
      });
      builder.build();
    } catch (error) {
      failed('misconfigured', error instanceof Error ? error.message : String(error));
    }
  };

  const connected = (newDb: Db, newIdentity: Identity): void => {
    db = newDb;
    connectedAt = now();
    scope.batch(() => {
      if (identity.get()?.__identity__ !== newIdentity.__identity__) identity.set(newIdentity);
      status.set({ state: 'connected', attempt: 0 });
      hub.attach(newDb as unknown as SdkDb);
    });
    calls.connected(newDb);
  };

  const failed = (problem: ConnectionProblem, reason: string): void => {
    // Rows of other types cannot be read either, and then no try will do better.
    if (problem === 'bad-frame') suspectTables();
    if (db && now() - connectedAt > GOOD_MS) failures = 0;
    failures++;
    const common = { problem, reason, attempt: failures };
    const isRejected = problem === 'token-rejected' || problem === 'refused' || problem === 'incompatible';
    scope.batch(() => {
      end(reason, !isRejected);
      if (isRejected) return status.set({ state: 'rejected', ...common });
      const longest = Math.min(backoff.maxDelay, backoff.minDelay * backoff.factor ** (failures - 1));
      const delay = Math.round(longest * (1 - backoff.jitter * environment.random()));
      timer = environment.setTimeout(attempt, delay);
      status.set({ state: isOnline() ? 'reconnecting' : 'offline', nextTryAt: now() + delay, ...common });
    });
  };

  const suspectTables = (): void => {
    const tables = hub.tables();
    if (comparing || compared === db || tables.length === 0) return;
    compared = db;
    const { signal } = (comparing = new AbortController());
    // If it cannot be found out, what happened was some failure.
    void import('./mismatch.ts')
      .then(({ mismatch }) => {
        const builder = factory();
        return mismatch(tables, builder.getUri(), builder.getModuleName(), (url) =>
          environment.fetch(url, { signal }),
        );
      })
      .catch(() => undefined)
      .then((difference) => {
        if (signal.aborted) return;
        comparing = undefined;
        if (difference !== undefined) {
          failed('incompatible', `The database is not what is expected: ${difference}`);
        }
      });
  };

  const trustTables = (): void => {
    comparing?.abort();
    comparing = compared = undefined;
  };

  /** Ends the connection, or the try, or the wait for the next try. */
  const end = (reason: string, retrying = false): void => {
    clearTimer();
    const ending = session;
    session = db = undefined;
    ending?.stop();
    hub.detach();
    calls.lost(reason, retrying);
  };

  const retryNow = (): void => {
    if (!isNeeded || session) return;
    trustTables();
    attempt();
  };

  const reconnect = (): void => {
    end('The connection is made anew');
    retryNow();
  };

  /** The network or the page is back, or the network is gone. */
  const wake = (): void => {
    if (document?.visibilityState === 'hidden') return;
    if (session) session.probe();
    else if (timer === undefined) return;
    else if (isOnline()) attempt();
    else status.set({ ...status.get(), state: 'offline' });
  };

  const keepOpen = leases.create(() => {
    if (isServer) return () => undefined;
    const listen = (how: 'addEventListener' | 'removeEventListener'): void => {
      for (const name of ['online', 'offline', 'pageshow']) window?.[how](name, wake);
      document?.[how]('visibilitychange', wake);
    };
    listen('addEventListener');
    isNeeded = true;
    attempt();
    return () => {
      listen('removeEventListener');
      isNeeded = false;
      trustTables();
      end('The connection is not needed any more');
      failures = 0;
      status.set({ state: 'idle', attempt: 0 });
    };
  });

  if (debug)
    status.subscribe((status) =>
      debug({ kind: 'status', status, identity: identity.get()?.toHexString(), now: now() }),
    );

  const connection: Connection<Db> = {
    status: status.readable,
    identity: identity.readable,
    async call(run, { signal, queue = 0 } = {}) {
      const letGo = keepOpen();
      try {
        const isPatient = calls.patient < queue;
        if (!session && !(isPatient && timer !== undefined))
          throw new NotConnectedError(status.get().reason ?? 'There is no connection');
        return await calls.add(run, db, isPatient, signal);
      } catch (error) {
        if (error instanceof NotConnectedError) debug?.({ kind: 'unsent', error });
        throw error;
      } finally {
        letGo();
      }
    },
    retryNow,
    signInAnew() {
      tokens.remove(keyOf(factory()));
      reconnect();
    },
    reconnect,
    close() {
      trustTables();
      scope.batch(() => {
        end('The connection was closed');
        leases.close();
        status.set({ state: 'closed', attempt: 0 });
      });
    },
  };
  setInternals(connection, { environment, scope, leases, hub, keepOpen, identity, suspectTables });
  return connection;
}
