/**
 * The server under test: the one at `SPACETIMEDB_URI` (with the module published as `DATABASE`, by default
 * `quickstart-chat`), otherwise an embedded host.
 */
import { startHost } from 'spacetimedb-host';
import { DbConnection } from '../../web/module_bindings/index.ts';
import { chatProgram, NO_LIMITS, NO_ROOM_LIMITS, WITHOUT_TIME_LIMIT } from './room.ts';

export interface ServerUnderTest {
  readonly uri: string;
  readonly database: string;
  stop(): Promise<void>;
}

export async function openServer(): Promise<ServerUnderTest> {
  const uri = process.env['SPACETIMEDB_URI'];
  const database = process.env['DATABASE'] ?? 'quickstart-chat';
  if (uri) return { uri, database, stop: () => Promise.resolve() };
  const host = await startHost({ program: await chatProgram(), name: database, limits: WITHOUT_TIME_LIMIT });
  const set = host.call('set_flood_limits', NO_LIMITS);
  if (set.tag !== 'ok') throw new Error(set.message);
  host.call('set_room_limits', NO_ROOM_LIMITS);
  return { uri: host.uri, database, stop: () => host.stop() };
}

/** Do the tests run against a real SpacetimeDB? */
export const isLive = Boolean(process.env['SPACETIMEDB_URI']);

export interface Person {
  readonly connection: DbConnection;
  /** Hex. */
  readonly identity: string;
  readonly token: string;
  /** Closes the connection and waits until it is closed. */
  leave(): Promise<void>;
}

export interface JoinOptions {
  readonly token?: string;
  readonly compression?: 'none' | 'gzip';
  readonly confirmedReads?: boolean;
}

/** Connects with the official SDK. @throws the SDK's error */
export function join(server: ServerUnderTest, options: JoinOptions = {}): Promise<Person> {
  return new Promise((resolve, reject) => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((done) => {
      closed = done;
    });
    const builder = DbConnection.builder()
      .withUri(server.uri)
      .withDatabaseName(server.database)
      .withCompression(options.compression ?? 'gzip')
      .onConnect((connection, identity, token) =>
        resolve({
          connection,
          identity: identity.toHexString(),
          token,
          leave: () => {
            connection.disconnect();
            return gone;
          },
        }),
      )
      .onConnectError((_context, error) => reject(error))
      .onDisconnect(() => {
        closed();
        reject(new Error('the server dropped the connection'));
      });
    if (options.token !== undefined) builder.withToken(options.token);
    if (options.confirmedReads !== undefined) builder.withConfirmedReads(options.confirmedReads);
    builder.build();
  });
}

/** Subscribes and waits for the rows. @throws the server's reason */
export function subscribe({ connection }: Person, ...queries: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    connection
      .subscriptionBuilder()
      .onApplied(() => resolve())
      .onError((context) => reject(context.event ?? new Error('the subscription failed')))
      .subscribe(queries);
  });
}

export function userOf({ connection }: Person, identity: string) {
  return [...connection.db.user.iter()].find((user) => user.identity.toHexString() === identity);
}

export function textsOf({ connection }: Person): string[] {
  return [...connection.db.message.iter()].map(({ text }) => text);
}

/** A text that differs in every run, so that a server that keeps its data can be reused. Short enough for a name. */
export function unique(text: string): string {
  return `${text} ${crypto.randomUUID().slice(0, 8)}`;
}
