import { getContext, onDestroy, setContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import type { AnyDb, Connection, Live, LiveState, Readable } from '../types.ts';

/** A connection for a component and all below it. */
export interface ConnectionContext<Db extends AnyDb> {
  /**
   * To be called while a component is initialised. `open` makes the connection, which is closed when the component
   * is destroyed.
   */
  provideConnection(this: void, open: () => Connection<Db>): Connection<Db>;
  /**
   * The connection of the nearest component above that provides one. To be called while a component is initialised.
   * @throws Error when there is none
   */
  useConnection(this: void): Connection<Db>;
}

/**
 * Makes a context that carries a connection of one type. To be called once, in a module of its own:
 * `export const { provideConnection, useConnection } = connectionContext<DbConnection>()`.
 */
export function connectionContext<Db extends AnyDb>(): ConnectionContext<Db> {
  const key = Symbol('connection');
  return {
    provideConnection(open) {
      const connection = open();
      onDestroy(connection.close);
      return setContext(key, connection);
    },
    useConnection() {
      const connection = getContext<Connection<Db> | undefined>(key);
      if (!connection) throw new Error('No component above calls provideConnection()');
      return connection;
    },
  };
}

/** A store as an object whose fields are reactive where runes are. */
export interface Current<T> {
  readonly current: T;
  readonly state: LiveState;
}

/**
 * A store for runes: reading a field in an effect, a derived value or the markup subscribes to it for as long as that
 * lives. Elsewhere it gives the value of the moment.
 */
export function fromLive<T>(store: Live<T>): Current<T> {
  const current = reactive(store);
  const state = reactive(store.state);
  return {
    get current() {
      return current();
    },
    get state() {
      return state();
    },
  };
}

function reactive<T>({ subscribe, get }: Readable<T>): () => T {
  const track = createSubscriber((update) => {
    // The first call gives what is read right after it.
    let started = false;
    const stop = subscribe(() => {
      if (started) update();
    });
    started = true;
    return stop;
  });
  return () => {
    track();
    return get();
  };
}
