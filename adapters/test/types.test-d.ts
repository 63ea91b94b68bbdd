// Checked by `tsc -p adapters/test`: what must compile, and what must not.
import { expectTypeOf } from 'vitest';
import type { Identity, Timestamp } from 'spacetimedb';
import { DbConnection, tables } from './module_bindings/index.ts';
import { DbConnection as ListDb } from '../examples/module_bindings/index.ts';
import {
  browserTokens,
  computed,
  connect,
  liveTable,
  memoryTokens,
  mutation,
  NotConnectedError,
  ReducerError,
  UnknownOutcomeError,
  type CallError,
  type CallOptions,
  type Connection,
  type ConnectionError,
  type ConnectionErrorCode,
  type ConnectionStatus,
  type Live,
  type LiveStatus,
  type Mutation,
  type MutationStatus,
  type QueryError,
  type Readable,
  type RowOf,
  type TableName,
  type TokenStore,
  type Unsubscribe,
} from '../src/index.ts';
import {
  createChat,
  createFeatures,
  type Chat,
  type ChatDb,
  type ChatFeatures,
  type ChatHistory,
  type ChatMessage,
  type ChatUser,
  type FeaturesDb,
  type MessageDetails,
} from '../src/chat/index.ts';
import { installWithoutEval } from '../src/csp/index.ts';
import { useConnection, useLiveQuery, useReadable } from '../src/react/index.ts';
import { fromReadable, getConnection, liveQuery, setConnection } from '../src/svelte/index.ts';

type User = { identity: Identity; name: string | undefined; online: boolean };
type Message = { sender: Identity; sent: Timestamp; text: string };

const connection = connect(() => DbConnection.builder().withUri('http://localhost').withDatabaseName('chat'));
expectTypeOf(connection).toEqualTypeOf<Connection<DbConnection>>();
expectTypeOf(connection.identity.get()).toEqualTypeOf<Identity | undefined>();
// @ts-expect-error not a builder
connect(() => ({}));
// @ts-expect-error an option that does not exist
connect(() => DbConnection.builder(), { backof: {} });

connect(() => DbConnection.builder(), {
  tokens: memoryTokens(),
  backoff: { minDelayMs: 100 },
  unsubscribeDelayMs: 0,
  connectTimeoutMs: 1_000,
  connectOnServer: true,
  onError: (error) => expectTypeOf(error).toEqualTypeOf<unknown>(),
  environment: { isOnline: () => true, now: () => 0 },
});
// @ts-expect-error a token store without `remove`
connect(() => DbConnection.builder(), { tokens: { get: () => undefined, set: () => undefined } });
// @ts-expect-error a part of the environment that has another type
connect(() => DbConnection.builder(), { environment: { now: () => 'now' } });
// @ts-expect-error a builder instead of a factory: each attempt needs its own
connect(DbConnection.builder());
expectTypeOf(browserTokens()).toEqualTypeOf<TokenStore>();
expectTypeOf(connection.status.get()).toEqualTypeOf<ConnectionStatus>();
expectTypeOf(connection.status.get().status).toEqualTypeOf<
  'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'rejected' | 'closed'
>();
expectTypeOf(connection.status.subscribe(() => undefined)).toEqualTypeOf<Unsubscribe>();
// @ts-expect-error the status store is read-only
connection.status.set({ status: 'connected', attempt: 0 });
// @ts-expect-error its value is read-only, too
connection.status.get().status = 'connected';
expectTypeOf(connection.token).toEqualTypeOf<Readable<string | undefined>>();
// @ts-expect-error a token, not a store
connection.useToken(connection.token);

expectTypeOf<TableName<DbConnection>>().toExtend<string>();
expectTypeOf<'user'>().toExtend<TableName<DbConnection>>();
expectTypeOf<RowOf<DbConnection, 'user'>>().toExtend<User>();

const users = liveTable(connection, tables.user);
expectTypeOf(users.get()).toExtend<readonly User[]>();
expectTypeOf(users.get()[0]).toExtend<User | undefined>();
expectTypeOf<User>().toExtend<typeof users extends Live<readonly (infer Row)[]> ? Row : never>();
expectTypeOf(users.status.get()).toEqualTypeOf<LiveStatus>();
liveTable(
  connection,
  tables.user.where((user) => user.online),
  { order: (a, b) => Number(a.online) - Number(b.online), filter: (user) => user.name !== undefined },
);
// @ts-expect-error a table that does not exist
liveTable(connection, tables.users);
// @ts-expect-error a column that does not exist
tables.user.where((user) => user.onlin);
// @ts-expect-error a value of another type
tables.user.where((user) => user.online.eq('yes'));
// @ts-expect-error a column that does not exist, in an option
liveTable(connection, tables.user, { filter: (user) => user.nam === '' });
// @ts-expect-error an order that does not return a number
liveTable(connection, tables.user, { order: (a) => a.online });
// @ts-expect-error an option that does not exist
liveTable(connection, tables.user, { orderBy: 'name' });
// @ts-expect-error a connection that was not created by `connect`
liveTable(new DbConnection({} as never), tables.user);
// @ts-expect-error rows are read-only
users.get().push();

const messages = liveTable(connection, 'SELECT * FROM message', { table: 'message' });
expectTypeOf(messages.get()).toExtend<readonly Message[]>();
// @ts-expect-error text does not say which rows come
liveTable(connection, 'SELECT * FROM message');
// @ts-expect-error a table that does not exist
liveTable(connection, 'SELECT * FROM message', { table: 'messages' });
liveTable(connection, 'SELECT * FROM message', {
  table: 'message',
  filter: ({ text }) => text !== '',
  // @ts-expect-error a column that does not exist
  order: (a, b) => a.time - b.time,
});

const both = computed([users, messages, connection.status], (users, messages, status) => {
  expectTypeOf(users[0]).toExtend<User | undefined>();
  expectTypeOf(messages[0]).toExtend<Message | undefined>();
  expectTypeOf(status).toEqualTypeOf<ConnectionStatus>();
  return users.length + messages.length;
});
expectTypeOf(both).toEqualTypeOf<Live<number>>();
expectTypeOf(computed([connection.identity], (identity) => identity?.toHexString())).toEqualTypeOf<
  Live<string | undefined>
>();
// @ts-expect-error more values than stores
computed([users], (users, messages: unknown[]) => users.length + messages.length);
// @ts-expect-error not a store
computed([users.get()], (rows) => rows);

const rename = mutation(connection, (db, name: string) => db.reducers.setName({ name }), { maxQueued: 1 });
expectTypeOf(rename).toEqualTypeOf<Mutation<[name: string], void>>();
expectTypeOf(rename.get()).toEqualTypeOf<MutationStatus<void>>();
expectTypeOf(rename.run('Ann')).toEqualTypeOf<Promise<void>>();
// @ts-expect-error an argument too few
void rename.run();
// @ts-expect-error an argument of another type
void rename.run(5);
// @ts-expect-error a reducer that does not exist
mutation(connection, (db, name: string) => db.reducers.rename({ name }));
// @ts-expect-error not a call
mutation(connection, (_, name: string) => name);

expectTypeOf(connection.call((db) => Promise.resolve(db.isActive))).toEqualTypeOf<Promise<boolean>>();
void connection.call((db) => db.reducers.setName({ name: 'Ann' }), {
  signal: new AbortController().signal,
  maxQueued: 5,
});
expectTypeOf<CallOptions>().toEqualTypeOf<{ readonly signal?: AbortSignal; readonly maxQueued?: number }>();
// @ts-expect-error an option that does not exist
void connection.call((db) => db.reducers.setName({ name: 'Ann' }), { retry: 5 });
expectTypeOf<CallError>().toExtend<Error & { readonly code: string }>();
expectTypeOf<CallError['code']>().toEqualTypeOf<'refused' | 'failed' | 'not-connected' | 'unknown-outcome'>();
expectTypeOf(new NotConnectedError('')).toExtend<CallError>();
expectTypeOf(new UnknownOutcomeError('')).toExtend<CallError>();
expectTypeOf(new ReducerError('refused', '')).toExtend<CallError>();
expectTypeOf<ConnectionError['code']>().toEqualTypeOf<ConnectionErrorCode>();
expectTypeOf<LiveStatus['error']>().toEqualTypeOf<QueryError | undefined>();
expectTypeOf(connection.call((db) => db.reducers.sendMessage({ text: 'hello' }))).toEqualTypeOf<
  Promise<void>
>();
// @ts-expect-error a reducer that does not exist
connection.call((db) => db.reducers.sendMessages({ text: 'hello' }));
// @ts-expect-error an argument that does not exist
connection.call((db) => db.reducers.sendMessage({ txt: 'hello' }));
// @ts-expect-error an argument of another type
connection.call((db) => db.reducers.sendMessage({ text: 5 }));
// @ts-expect-error not a call
connection.call((db) => db.isActive);

const chat = createChat(connection);
expectTypeOf(chat.messages.get()).toEqualTypeOf<readonly ChatMessage[]>();
expectTypeOf(chat.me.get()).toEqualTypeOf<ChatUser | undefined>();
expectTypeOf(chat.sendMessage('hello')).toEqualTypeOf<Promise<void>>();
expectTypeOf(chat).toEqualTypeOf<Chat>();
expectTypeOf(chat.users).toEqualTypeOf<Live<readonly ChatUser[]>>();
expectTypeOf(chat.history).toEqualTypeOf<Readable<ChatHistory>>();
expectTypeOf(chat.loadOlder()).toEqualTypeOf<Promise<boolean>>();
expectTypeOf(chat.unloadOlder(100)).toEqualTypeOf<boolean>();
createChat(connection, { pageSize: 20, windowMs: 3_600_000, maxQueued: 0 });
// @ts-expect-error an option that does not exist
createChat(connection, { pagesize: 20 });
// @ts-expect-error a message, not its text
void chat.retry('hello');
// @ts-expect-error messages are read-only
(chat.messages.get()[0] as ChatMessage).text = '';
// @ts-expect-error text is text
chat.sendMessage(5);

const [anyMessage] = chat.messages.get() as [ChatMessage];
expectTypeOf(chat.sendMessage('hello', { replyTo: anyMessage })).toEqualTypeOf<Promise<void>>();
// @ts-expect-error a message, not its key
chat.sendMessage('hello', { replyTo: anyMessage.key });
expectTypeOf(chat.loadUntil(new Date())).toEqualTypeOf<Promise<boolean>>();
const features = createFeatures(connection, chat);
expectTypeOf(features).toEqualTypeOf<ChatFeatures>();
expectTypeOf(features.details(anyMessage)).toEqualTypeOf<Live<MessageDetails>>();
expectTypeOf(features.isAvailable).toEqualTypeOf<Readable<boolean>>();
expectTypeOf(features.search('text', { limit: 5, before: anyMessage })).toEqualTypeOf<
  Promise<readonly ChatMessage[]>
>();
// @ts-expect-error an option that does not exist
features.search('text', { first: 5 });
// @ts-expect-error a user, not an id
features.block('c200');
// @ts-expect-error details are read-only
features.details(anyMessage).get().isPinned = true;
// @ts-expect-error the bindings of a module without the features
createFeatures({} as Connection<ChatDb>, chat);
type OtherReactions = Omit<FeaturesDb, 'db'> & {
  readonly db: Omit<FeaturesDb['db'], 'reaction'> & {
    readonly reaction: { iter(): Iterator<{ emoji: number }, undefined> };
  };
};
// @ts-expect-error a module with different reactions
createFeatures({} as Connection<OtherReactions>, chat);

// Any module with everything that the chat needs, and more.
type Larger = ChatDb & { readonly db: { readonly room: { iter(): Iterator<{ id: bigint }, undefined> } } };
createChat({} as Connection<Larger>);
type Smaller = Omit<ChatDb, 'reducers'> & { readonly reducers: Pick<ChatDb['reducers'], 'setName'> };
// @ts-expect-error a module without `send_message`
createChat({} as Connection<Smaller>);
type Lacking<Table extends keyof ChatDb['db']> = Omit<ChatDb, 'db'> & {
  readonly db: Omit<ChatDb['db'], Table>;
};
// @ts-expect-error a module without the table `user`
createChat({} as Connection<Lacking<'user'>>);
// @ts-expect-error a module without the table `message`
createChat({} as Connection<Lacking<'message'>>);
type Numbered = Omit<ChatDb, 'db'> & {
  readonly db: Omit<ChatDb['db'], 'message'> & {
    readonly message: { iter(): Iterator<{ sent: number }, undefined> };
  };
};
// @ts-expect-error a module with different messages
createChat({} as Connection<Numbered>);
// @ts-expect-error the bindings of another module
createChat(connect(() => ListDb.builder()));

expectTypeOf(installWithoutEval()).toEqualTypeOf<void>();

expectTypeOf(getConnection<DbConnection>()).toEqualTypeOf<Connection<DbConnection>>();
expectTypeOf(setConnection(connection)).toEqualTypeOf<Connection<DbConnection>>();
expectTypeOf(fromReadable(both).current).toEqualTypeOf<number>();
expectTypeOf(fromReadable(both).status).toEqualTypeOf<LiveStatus>();
expectTypeOf(fromReadable(both).error).toEqualTypeOf<QueryError | undefined>();
expectTypeOf(fromReadable(connection.status).current).toEqualTypeOf<ConnectionStatus>();
// @ts-expect-error the status of a connection has no status itself
void fromReadable(connection.status).status;
// @ts-expect-error the value of a store is read-only
fromReadable(both).current = 5;
const people = liveQuery(() => tables.user.where((user) => user.online), { connection });
expectTypeOf(people.current).toExtend<readonly User[]>();
expectTypeOf(people.status).toEqualTypeOf<LiveStatus>();
expectTypeOf(liveQuery(tables.user).current).toExtend<readonly User[]>();
// @ts-expect-error a column that does not exist, in an option
liveQuery(tables.user, { filter: (user) => user.nam === '' });
// @ts-expect-error text does not say which rows come
liveQuery('SELECT * FROM user');

expectTypeOf(useConnection<DbConnection>()).toEqualTypeOf<Connection<DbConnection>>();
expectTypeOf(useReadable(connection.status)).toEqualTypeOf<ConnectionStatus>();
const rows = useLiveQuery(() => tables.user.where((user) => user.online), []);
expectTypeOf(rows.data).toExtend<readonly User[]>();
expectTypeOf(rows).toExtend<LiveStatus>();
// @ts-expect-error a query instead of a function that returns one
useLiveQuery(tables.user);
