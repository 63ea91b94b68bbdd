// Checked by `tsc -p adapters/test`: what must compile, and what must not.
import { expectTypeOf } from 'vitest';
import type { Identity, Timestamp } from 'spacetimedb';
import { DbConnection, tables } from './module_bindings/index.ts';
import { DbConnection as ListDb } from '../examples/module_bindings/index.ts';
import {
  action,
  browserTokens,
  connect,
  derived,
  joined,
  liveEvents,
  liveRow,
  liveTable,
  memoryTokens,
  NotConnectedError,
  UnknownOutcomeError,
  type Action,
  type ActionState,
  type CallOptions,
  type Connection,
  type ConnectionStatus,
  type Events,
  type Live,
  type LiveState,
  type Readable,
  type RowOf,
  type TableName,
  type TokenStore,
  type Unsubscribe,
} from '../src/index.ts';
import {
  createChat,
  type Chat,
  type ChatDb,
  type ChatHistory,
  type ChatMessage,
  type ChatUser,
} from '../src/chat/index.ts';
import { installWithoutEval } from '../src/csp/index.ts';
import { connectionContext, fromLive } from '../src/svelte/index.ts';

type User = { identity: Identity; name: string | undefined; online: boolean };
type Message = { sender: Identity; sent: Timestamp; text: string };

const connection = connect(() => DbConnection.builder().withUri('http://localhost').withDatabaseName('chat'));
expectTypeOf(connection).toEqualTypeOf<Connection<DbConnection>>();
expectTypeOf(connection.identity.get()).toEqualTypeOf<Identity | undefined>();
// @ts-expect-error what is not a builder
connect(() => ({}));
// @ts-expect-error an option that does not exist
connect(() => DbConnection.builder(), { backof: {} });

connect(() => DbConnection.builder(), {
  tokens: memoryTokens(),
  backoff: { minDelay: 100 },
  graceMs: 0,
  connectTimeoutMs: 1_000,
  connectOnServer: true,
  onError: (error) => expectTypeOf(error).toEqualTypeOf<unknown>(),
  environment: { isOnline: () => true, now: () => 0 },
});
// @ts-expect-error a place for tokens that cannot forget them
connect(() => DbConnection.builder(), { tokens: { get: () => undefined, set: () => undefined } });
// @ts-expect-error a part of the environment that has another type
connect(() => DbConnection.builder(), { environment: { now: () => 'now' } });
// @ts-expect-error a builder, and not what makes one: each try needs its own
connect(DbConnection.builder());
expectTypeOf(browserTokens()).toEqualTypeOf<TokenStore>();
expectTypeOf(connection.status.get()).toEqualTypeOf<ConnectionStatus>();
expectTypeOf(connection.status.get().state).toEqualTypeOf<
  'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'rejected' | 'closed'
>();
expectTypeOf(connection.status.subscribe(() => undefined)).toEqualTypeOf<Unsubscribe>();
// @ts-expect-error the status is the connection's to set
connection.status.set({ state: 'connected', attempt: 0 });
// @ts-expect-error and so is what stands in it
connection.status.get().state = 'connected';

expectTypeOf<TableName<DbConnection>>().toExtend<string>();
expectTypeOf<'user'>().toExtend<TableName<DbConnection>>();
expectTypeOf<RowOf<DbConnection, 'user'>>().toExtend<User>();

const users = liveTable(connection, tables.user);
expectTypeOf(users.get()).toExtend<readonly User[]>();
expectTypeOf(users.get()[0]).toExtend<User | undefined>();
expectTypeOf<User>().toExtend<typeof users extends Live<readonly (infer Row)[]> ? Row : never>();
expectTypeOf(users.state.get()).toEqualTypeOf<LiveState>();
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
// @ts-expect-error an order that says nothing about which comes first
liveTable(connection, tables.user, { order: (a) => a.online });
// @ts-expect-error an option that does not exist
liveTable(connection, tables.user, { orderBy: 'name' });
// @ts-expect-error a connection that no `connect` has made
liveTable(new DbConnection({} as never), tables.user);
// @ts-expect-error rows are not to be changed from here
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

expectTypeOf(liveRow(connection, tables.user).get()).toExtend<User | undefined>();
expectTypeOf(liveRow(connection, 'SELECT * FROM user', { table: 'user' }).get()).toExtend<User | undefined>();

// @ts-expect-error text does not say which row comes
liveRow(connection, 'SELECT * FROM user');
// @ts-expect-error there may be no such row
void liveRow(connection, tables.user).get().name;

const sales = liveEvents(connection, tables.sale, { filter: ({ price }) => price > 10 });
expectTypeOf(sales).toExtend<Events<{ bookId: bigint; price: number }>>();
sales.subscribe(({ price }) => expectTypeOf(price).toEqualTypeOf<number>());
liveEvents(connection, 'SELECT * FROM sale', { table: 'sale' }).subscribe(({ bookId }) =>
  expectTypeOf(bookId).toEqualTypeOf<bigint>(),
);
// @ts-expect-error events have no current value
sales.get();
// @ts-expect-error and no order
liveEvents(connection, tables.sale, { order: () => 0 });
// @ts-expect-error text does not say which rows come
liveEvents(connection, 'SELECT * FROM sale');
// @ts-expect-error a column that does not exist
sales.subscribe(({ cost }) => void cost);

const both = derived([users, messages, connection.status], (users, messages, status) => {
  expectTypeOf(users[0]).toExtend<User | undefined>();
  expectTypeOf(messages[0]).toExtend<Message | undefined>();
  expectTypeOf(status).toEqualTypeOf<ConnectionStatus>();
  return users.length + messages.length;
});
expectTypeOf(both).toEqualTypeOf<Live<number>>();
expectTypeOf(derived([connection.identity], (identity) => identity?.toHexString())).toEqualTypeOf<
  Live<string | undefined>
>();
// @ts-expect-error more values than stores
derived([users], (users, messages: unknown[]) => users.length + messages.length);
// @ts-expect-error what is not a store
derived([users.get()], (rows) => rows);

const authored = joined(messages, users, {
  on: (message) => message.sender.__identity__,
  key: (user) => user.identity.__identity__,
  with: (message, user) => ({ text: message.text, by: user?.name }),
});
expectTypeOf(authored).toEqualTypeOf<Live<readonly { text: string; by: string | undefined }[]>>();
joined(messages, users, {
  on: (message) => message.sender.__identity__,
  // @ts-expect-error keys of two types never meet
  key: (user) => user.identity.toHexString(),
  with: (message) => message,
});
joined(messages, users, {
  on: (message) => message.sender.__identity__,
  key: (user) => user.identity.__identity__,
  // @ts-expect-error there may be no such user
  with: (message, user) => user.name,
});

const rename = action(connection, (db, name: string) => db.reducers.setName({ name }), { queue: 1 });
expectTypeOf(rename).toEqualTypeOf<Action<[name: string], void>>();
expectTypeOf(rename.get()).toEqualTypeOf<ActionState<void>>();
expectTypeOf(rename.run('Ann')).toEqualTypeOf<Promise<void>>();
// @ts-expect-error an argument too few
void rename.run();
// @ts-expect-error an argument of another type
void rename.run(5);
// @ts-expect-error a reducer that does not exist
action(connection, (db, name: string) => db.reducers.rename({ name }));
// @ts-expect-error not a call
action(connection, (_, name: string) => name);

expectTypeOf(connection.call((db) => Promise.resolve(db.isActive))).toEqualTypeOf<Promise<boolean>>();
void connection.call((db) => db.reducers.setName({ name: 'Ann' }), {
  signal: new AbortController().signal,
  queue: 5,
});
expectTypeOf<CallOptions>().toEqualTypeOf<{ readonly signal?: AbortSignal; readonly queue?: number }>();
// @ts-expect-error an option that does not exist
void connection.call((db) => db.reducers.setName({ name: 'Ann' }), { retry: 5 });
expectTypeOf(new NotConnectedError('')).toExtend<Error>();
expectTypeOf(new UnknownOutcomeError('')).toExtend<Error>();
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
expectTypeOf(chat.forgetOlder(100)).toEqualTypeOf<boolean>();
createChat(connection, { pageSize: 20, windowMs: 3_600_000, outbox: 0 });
// @ts-expect-error an option that does not exist
createChat(connection, { pagesize: 20 });
// @ts-expect-error a message, not its text
void chat.retry('hello');
// @ts-expect-error a message is not to be changed from here
(chat.messages.get()[0] as ChatMessage).text = '';
// @ts-expect-error text is text
chat.sendMessage(5);

// Any module that has what the chat needs, and more.
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
// @ts-expect-error a module whose messages are other ones
createChat({} as Connection<Numbered>);
const list = connect(() => ListDb.builder());
// @ts-expect-error the bindings of another module
createChat(list);

expectTypeOf(installWithoutEval()).toEqualTypeOf<void>();

const { provideConnection, useConnection } = connectionContext<DbConnection>();
expectTypeOf(useConnection()).toEqualTypeOf<Connection<DbConnection>>();
expectTypeOf(provideConnection(() => connection)).toEqualTypeOf<Connection<DbConnection>>();
// @ts-expect-error a connection of another module
provideConnection(() => list);
// @ts-expect-error a connection, and not what opens one
provideConnection(connection);
expectTypeOf(fromLive(both).current).toEqualTypeOf<number>();
expectTypeOf(fromLive(both).state).toEqualTypeOf<LiveState>();
// @ts-expect-error a store without a state
fromLive(connection.status);
// @ts-expect-error what a store shows is not set from here
fromLive(both).current = 5;
