// Checked by `tsc -p adapters/test`: what must compile, and what must not.
import { expectTypeOf } from 'vitest';
import type { Identity, Timestamp } from 'spacetimedb';
import { DbConnection, tables } from '../../web/module_bindings/index.ts';
import { connect, liveRow, liveTable, type Connection, type Live, type LiveState } from '../src/index.ts';
import { createChat, type ChatDb, type ChatMessage, type ChatUser } from '../src/chat/index.ts';

type User = { identity: Identity; name: string | undefined; online: boolean };
type Message = { sender: Identity; sent: Timestamp; text: string };

const connection = connect(() => DbConnection.builder().withUri('http://localhost').withDatabaseName('chat'));
expectTypeOf(connection).toEqualTypeOf<Connection<DbConnection>>();
expectTypeOf(connection.identity.get()).toEqualTypeOf<Identity | undefined>();
// @ts-expect-error what is not a builder
connect(() => ({}));
// @ts-expect-error an option that does not exist
connect(() => DbConnection.builder(), { backof: {} });

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
// @ts-expect-error rows are not to be changed from here
users.get().push();

const messages = liveTable(connection, 'SELECT * FROM message', { table: 'message' });
expectTypeOf(messages.get()).toExtend<readonly Message[]>();
// @ts-expect-error text does not say which rows come
liveTable(connection, 'SELECT * FROM message');
// @ts-expect-error a table that does not exist
liveTable(connection, 'SELECT * FROM message', { table: 'messages' });

expectTypeOf(liveRow(connection, tables.user).get()).toExtend<User | undefined>();
expectTypeOf(liveRow(connection, 'SELECT * FROM user', { table: 'user' }).get()).toExtend<User | undefined>();

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
expectTypeOf(chat.loadOlder()).toEqualTypeOf<Promise<boolean>>();
// @ts-expect-error text is text
chat.sendMessage(5);

// Any module that has what the chat needs, and more.
type Larger = ChatDb & { readonly db: { readonly room: { iter(): Iterator<{ id: bigint }, undefined> } } };
createChat({} as Connection<Larger>);
type Smaller = Omit<ChatDb, 'reducers'> & { readonly reducers: Pick<ChatDb['reducers'], 'setName'> };
// @ts-expect-error a module without `send_message`
createChat({} as Connection<Smaller>);
