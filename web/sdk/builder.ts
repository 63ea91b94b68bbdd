import type { SocketAdapter, SocketArgs } from 'spacetimedb-stores';
import type { DbConnectionImpl } from './connection.ts';
import { Events } from './events.ts';
import type { RemoteModule } from './schema.ts';

export type ConnectionEvents = Events<'connect' | 'disconnect' | 'connectError'>;

type Open = (args: SocketArgs) => Promise<SocketAdapter>;

/** What a connection is made of. */
export interface Config {
  readonly module: RemoteModule;
  readonly events: ConnectionEvents;
  readonly open: Open;
  readonly args: SocketArgs;
}

/** Says where to connect to and as whom: what the generated `DbConnectionBuilder` is made of. */
export class DbConnectionBuilder {
  readonly #module: RemoteModule;
  readonly #make: (config: Config) => DbConnectionImpl;
  readonly #events: ConnectionEvents = new Events();
  readonly #args: Partial<SocketArgs> = {};
  #uri: URL | undefined;
  #open: Open | undefined;

  constructor(module: RemoteModule, make: (config: Config) => DbConnectionImpl) {
    this.#module = module;
    this.#make = make;
  }

  /** @throws TypeError when it is not an address */
  withUri(uri: string | URL): this {
    this.#uri = new URL(uri);
    return this;
  }

  withDatabaseName(name: string): this {
    return this.#with({ nameOrAddress: name });
  }

  withToken(token?: string): this {
    return this.#with({ authToken: token });
  }

  /** What carries the messages; the stores give theirs. */
  withWSFn(open: Open): this {
    this.#open = open;
    return this;
  }

  withCompression(compression: SocketArgs['compression']): this {
    return this.#with({ compression });
  }

  withLightMode(lightMode: boolean): this {
    return this.#with({ lightMode });
  }

  withConfirmedReads(confirmedReads: boolean): this {
    return this.#with({ confirmedReads });
  }

  onConnect(run: (...args: never[]) => void): this {
    this.#events.on('connect', run);
    return this;
  }

  onConnectError(run: (...args: never[]) => void): this {
    this.#events.on('connectError', run);
    return this;
  }

  onDisconnect(run: (...args: never[]) => void): this {
    this.#events.on('disconnect', run);
    return this;
  }

  getUri(): string {
    return String(this.#uri ?? '');
  }

  getModuleName(): string {
    return this.#args.nameOrAddress ?? '';
  }

  /** @throws Error when it was not said where to connect to, or what carries the messages */
  build(): DbConnectionImpl {
    const { nameOrAddress } = this.#args;
    if (!this.#uri) throw new Error('URI is required to connect to SpacetimeDB');
    if (!nameOrAddress) throw new Error('Database name or address is required to connect to SpacetimeDB');
    if (!this.#open) throw new Error('Connections are made by connect() of spacetimedb-stores');
    const url = new URL(this.#uri);
    url.protocol = url.protocol.replace('http', 'ws');
    return this.#make({
      module: this.#module,
      events: this.#events,
      open: this.#open,
      args: {
        compression: 'gzip',
        lightMode: false,
        ...this.#args,
        nameOrAddress,
        url,
        wsProtocol: ['v3.bsatn.spacetimedb', 'v2.bsatn.spacetimedb'],
      },
    });
  }

  #with(args: Partial<SocketArgs>): this {
    Object.assign(this.#args, args);
    return this;
  }
}
