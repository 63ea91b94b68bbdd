import { ServerClient } from '../host/src/cli/server-client.ts';
import type { Target } from '../host/src/cli/remote-arguments.ts';

interface Schema {
  readonly tables: readonly { readonly name: string }[];
  readonly reducers: readonly { readonly name: string }[];
}

/** A chat's database on a server, over the HTTP API that SpacetimeDB and the embedded host share. */
export class RoomServer {
  readonly #client: ServerClient;
  readonly #database: string;
  readonly tables: ReadonlySet<string>;
  readonly reducers: ReadonlySet<string>;

  /** @throws {Error} when the database does not exist or is not a chat */
  static async open(target: Target, database: string): Promise<RoomServer> {
    const client = await ServerClient.open(target);
    const response = await client.request(database, '/schema', { query: { version: '9' } });
    const server = new RoomServer(client, database, (await response.json()) as Schema);
    if (server.tables.has('user') && server.tables.has('message')) return server;
    throw new Error(`the database ${database} is no chat: it has no tables 'user' and 'message'`);
  }

  private constructor(client: ServerClient, database: string, { tables, reducers }: Schema) {
    this.#client = client;
    this.#database = database;
    this.tables = new Set(tables.map(({ name }) => name));
    this.reducers = new Set(reducers.map(({ name }) => name));
  }

  /** Rows as SATS-JSON; none when the module has no such table. */
  async rows(table: string, columns: readonly string[]): Promise<readonly (readonly unknown[])[]> {
    if (!this.tables.has(table)) return [];
    const body = `SELECT ${columns.join(', ')} FROM ${table}`;
    const response = await this.#client.request(this.#database, '/sql', { method: 'POST', body });
    const [result] = (await response.json()) as [{ readonly rows: readonly (readonly unknown[])[] }];
    return result.rows;
  }

  /** @param args SATS-JSON, by position @throws {Error} with the module's message when it refuses */
  async call(reducer: string, args: readonly unknown[]): Promise<void> {
    await this.#client.request(this.#database, `/call/${reducer}`, {
      method: 'POST',
      body: JSON.stringify(args),
      contentType: 'application/json',
    });
  }
}

/** Converts an identity to and from SATS-JSON. */
export const identity = {
  toJson: (hex: string) => [`0x${hex}`],
  fromJson: (value: unknown) => String((value as [string])[0]).replace(/^0x/, ''),
};

/** Converts a timestamp in microseconds to and from SATS-JSON. */
export const micros = {
  toJson: (value: number) => [value],
  fromJson: (value: unknown) => (value as [number])[0],
};
