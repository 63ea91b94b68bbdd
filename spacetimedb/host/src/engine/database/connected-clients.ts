import { ConnectionId } from 'spacetimedb';
import type { AuthenticatedClient, ConnectOutcome } from '../database-api.ts';
import type { SystemEvent } from '../system-tables/system-tables.ts';
import type { RunResult } from './module-runtime.ts';
import type { DatabaseWrite } from './storage.ts';

interface ConnectedClientsOptions {
  /** Runs a lifecycle reducer, if the module has it, and stores `write` in the same transaction. */
  readonly runLifecycle: (
    lifecycle: 'on_connect' | 'on_disconnect',
    client: AuthenticatedClient,
    write: Partial<DatabaseWrite>,
    event: SystemEvent,
  ) => RunResult;
  /** Stores `write` in a separate transaction. */
  readonly commit: (write: Partial<DatabaseWrite>, event: SystemEvent) => void;
  readonly logError: (message: string) => void;
  /** Milliseconds that disconnecting everyone at once may take. */
  readonly callMillis: number;
}

/** The clients that the module knows as connected, by connection id. */
export class ConnectedClients {
  readonly #options: ConnectedClientsOptions;
  readonly #byId = new Map<string, AuthenticatedClient>();

  constructor(options: ConnectedClientsOptions) {
    this.#options = options;
  }

  get all(): Iterable<AuthenticatedClient> {
    return this.#byId.values();
  }

  /** Runs `on_connect` for a client. */
  connect(client: AuthenticatedClient): ConnectOutcome {
    const key = client.connectionId.toHexString();
    // As on the real server. If the newcomer replaced the first client, the module would never see the first one leave.
    if (this.#byId.has(key)) {
      return { tag: 'rejected', message: `The connection id ${key} is already in use` };
    }
    // Added before the reducer runs, because that may read the claims of the client's token.
    this.#byId.set(key, client);
    const connected = {
      identity: client.identity.toHexString(),
      connectionId: key,
      jwtPayload: client.jwtPayload,
    };
    const result = this.#options.runLifecycle('on_connect', client, { connected }, { connected: client });
    if (result.tag === 'ok') return { tag: 'ok' };
    this.#byId.delete(key);
    return { tag: 'rejected', message: result.message };
  }

  /** Runs `on_disconnect`. Does nothing unless `client` is the object that `connect` was given. */
  disconnect(client: AuthenticatedClient): void {
    const key = client.connectionId.toHexString();
    if (this.#byId.get(key) !== client) return;
    const [write, event] = [{ disconnected: key }, { disconnected: client }];
    const result = this.#options.runLifecycle('on_disconnect', client, write, event);
    // The client is gone even if the reducer failed.
    if (result.tag !== 'ok') this.#options.commit(write, event);
    this.#byId.delete(key);
  }

  /** Disconnects clients that were connected when an earlier process crashed. */
  disconnectStale(clients: readonly AuthenticatedClient[]): void {
    for (const client of clients) this.#byId.set(client.connectionId.toHexString(), client);
    this.disconnectAll();
  }

  /**
   * Disconnects everyone. All `on_disconnect` runs together get the time of one call; the clients left after that are
   * removed without a run, and the log says so.
   */
  disconnectAll(): void {
    const { callMillis } = this.#options;
    const start = performance.now();
    let unseen = 0;
    for (const [key, client] of [...this.#byId]) {
      if (performance.now() - start < callMillis) {
        this.disconnect(client);
        continue;
      }
      this.#options.commit({ disconnected: key }, { disconnected: client });
      this.#byId.delete(key);
      unseen++;
    }
    if (unseen === 0) return;
    const why = `on_disconnect took more than ${callMillis} ms for those before them (limit callMillis)`;
    this.#options.logError(`${unseen} clients were disconnected without on_disconnect: ${why}`);
  }

  /** The claims of a client's token as JSON text; `''` when no such client is connected. */
  jwtPayloadOf(connectionId: bigint): string {
    return this.#byId.get(new ConnectionId(connectionId).toHexString())?.jwtPayload ?? '';
  }
}
