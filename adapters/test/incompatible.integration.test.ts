import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHost } from 'spacetimedb-host';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createChat } from '../src/chat/index.ts';
import { connect, memoryTokens } from '../src/index.ts';
import { DbConnection } from './module_bindings/index.ts';
import { record, silenceSdk } from './set-up.ts';

silenceSdk();
const patient = { timeout: 20_000 };
const closing: (() => unknown)[] = [];
const root = fileURLToPath(new URL('../../', import.meta.url));
let cache: string;

beforeAll(async () => {
  // Inside the project, so that the module finds the SDK.
  cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Opens a chat on a database with the given tables and columns, and one row in each. */
async function openOn(tables: Record<string, Record<string, string>>, rows: Record<string, string> = {}) {
  const folder = await mkdtemp(join(cache, 'other-tables-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'src'));
  const definitions = Object.entries(tables).map(([name, columns]) => {
    const text = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
    return `const ${name} = table({ name: '${name}', public: true }, { ${text.join(', ')} });`;
  });
  const inserts = Object.entries(rows).map(([name, row]) => `ctx.db.${name}.insert(${row});`);
  await writeFile(
    join(folder, 'src', 'index.ts'),
    `import { Identity, Timestamp } from 'spacetimedb';
    import { schema, t, table } from 'spacetimedb/server';
    ${definitions.join('\n')}
    const db = schema({ ${Object.keys(tables).join(', ')} });
    export default db;
    const sender = Identity.zero();
    const sent = new Timestamp(${Date.now()}000n);
    export const init = db.init((ctx) => { ${inserts.join('\n')} });`,
  );
  const host = await startHost({ module: folder, name: 'chat' });
  closing.push(() => host.stop());
  const connection = connect(() => DbConnection.builder().withUri(host.uri).withDatabaseName('chat'), {
    connectOnServer: true,
    tokens: memoryTokens(),
    unsubscribeDelayMs: 0,
    backoff: { minDelayMs: 20, maxDelayMs: 100 },
  });
  closing.push(connection.close);
  const chat = createChat(connection);
  record(chat.messages);
  return { connection, chat };
}

const user = { identity: 't.identity().primaryKey()', name: 't.string().optional()', online: 't.bool()' };
const message = { sender: 't.identity()', sent: 't.timestamp()', text: 't.string()' };

it.each<[string, Parameters<typeof openOn>, string]>([
  [
    'a column has another type',
    [{ user, message: { ...message, text: 't.u64()' } }, { message: '{ sender, sent, text: 0xffff_ffffn }' }],
    'its table “message” has a column “text” of another type',
  ],
  [
    'a column is missing',
    [
      { user: { identity: user.identity, name: user.name }, message },
      { user: '{ identity: sender, name: "Ann" }' },
    ],
    'its table “user” has no column “online”',
  ],
  [
    'there is a column more',
    [
      { user, message: { ...message, room: 't.u32()' } },
      { message: '{ sender, sent, text: "hi", room: 7 }' },
    ],
    'its table “message” has another column, “room”',
  ],
  [
    'columns have other names, so that the query is refused',
    [{ user, message: { sender: message.sender, at: message.sent, text: message.text } }],
    'its table “message” has no column “sent”',
  ],
  ['a table is missing', [{ user }], 'it has no table “message”'],
  ['no table of a chat exists', [{ book: { title: 't.string()' } }], 'it has no table “user”'],
])(
  'stops, and says what is wrong, when %s',
  async (_, where, difference) => {
    const { connection } = await openOn(...where);
    await vi.waitFor(() => expect(connection.status.get().status).toBe('rejected'), patient);
    expect(connection.status.get()).toMatchObject({
      error: { code: 'incompatible', message: `The database is not what is expected: ${difference}` },
    });
    // It asks again, with the same result.
    connection.retry();
    expect(connection.status.get().status).not.toBe('rejected');
    await vi.waitFor(() => expect(connection.status.get().status).toBe('rejected'), patient);
  },
  60_000,
);

it('accepts a database with more tables than the bindings, or without unused ones', async () => {
  const { connection, chat } = await openOn(
    { user, message, book: { title: 't.string()' } },
    { message: '{ sender, sent, text: "hi" }' },
  );
  await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'), patient);
  expect(chat.messages.get().map(({ text }) => text)).toEqual(['hi']);
  expect(connection.status.get().status).toBe('connected');
}, 60_000);
