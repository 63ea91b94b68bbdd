/** A page that uses the bindings directly and is built like the widget. Checks that the SDK's types are right. */
import { installWithoutEval } from 'spacetimedb-stores/csp';
import { DbConnection, tables } from '../../module_bindings/index.ts';

installWithoutEval();

const parameters = new URLSearchParams(location.search);
const [uri, database] = [parameters.get('uri') ?? '', parameters.get('database') ?? ''];

/** Connects and resolves when the server has sent the identity. */
function connected(): Promise<DbConnection> {
  return new Promise((resolve, reject) => {
    DbConnection.builder()
      .withUri(uri)
      .withDatabaseName(database)
      .onConnect((connection) => resolve(connection))
      .onConnectError((_, error) => reject(error))
      .build();
  });
}

/** Resolves when a subscription is applied. */
function applied(
  connection: DbConnection,
  subscribe: (builder: ReturnType<DbConnection['subscriptionBuilder']>) => unknown,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const builder = connection
      .subscriptionBuilder()
      .onApplied(() => resolve())
      .onError(({ event }) => reject(event));
    subscribe(builder);
  });
}

async function tryAll(): Promise<Record<string, unknown>> {
  const connection = await connected();
  const { identity, db } = connection;
  if (!identity) throw new Error('The server has not sent an identity.');
  await applied(connection, (builder) =>
    builder.subscribe(tables.user.where((user) => user.online.eq(true))),
  );
  const found = db.user.identity.find(identity);
  const afterWhere = { users: db.user.count(), messages: db.message.count() };
  await connection.reducers.setName({ name: 'Ada' });
  await applied(connection, (builder) => builder.subscribeToAllTables());
  const arrived = new Promise<string>((resolve) => db.message.onInsert((_, { text }) => resolve(text)));
  await connection.reducers.sendMessage({ text: 'by the official SDK' });
  const refused = await connection.reducers.setName({ name: '' }).catch((error: Error) => error.message);
  const result = {
    isMe: found?.identity.isEqual(identity),
    afterWhere: { users: Number(afterWhere.users), messages: Number(afterWhere.messages) },
    name: db.user.identity.find(identity)?.name,
    arrived: await arrived,
    texts: [...db.message.iter()].map(({ text }) => text),
    refused,
  };
  connection.disconnect();
  return result;
}

Object.assign(globalThis, { tried: tryAll() });
