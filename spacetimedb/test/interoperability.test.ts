/** Clients and modules of SpacetimeDB's tutorial, combined with ours. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateBindings } from 'spacetimedb-host';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createChat } from '../../adapters/src/chat/index.ts';
import { connect, liveTable, memoryTokens } from '../../adapters/src/index.ts';
import { DbConnection } from '../../web/module_bindings/index.ts';
import { generateTypescript } from '../host/src/codegen/typescript/generate.ts';
import { describeProgram } from '../host/src/node/module/describe.ts';
import { bundleSource } from '../host/src/testing/module-source.ts';
import { PLAIN_MODULE } from './plain-module.ts';
import { MODULE, OK, nameOf, openRoom, refused, textsIn, type Room } from './room.ts';

let plain: string;
beforeAll(async () => {
  plain = await bundleSource(PLAIN_MODULE);
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interoperability-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Does `other` contain all lines of `text` in the same order? */
function isWithin(text: string, other: string): boolean {
  const lines = other.split('\n');
  let at = 0;
  return text.split('\n').every((line) => (at = lines.indexOf(line, at) + 1) > 0);
}

test('our bindings contain those of the plain module', async () => {
  const ours = await temporaryFolder();
  await generateBindings({ module: MODULE, outDir: ours });
  const theirs = generateTypescript(await describeProgram(plain), { cliVersion: '2.8.3' });
  expect(await readdir(ours, { recursive: true })).toEqual(expect.arrayContaining([...theirs.keys()]));
  for (const [file, text] of theirs) {
    const own = await readFile(path.join(ours, file), 'utf8');
    if (/_(table|reducer)\.ts$/.test(file)) expect(own, file).toBe(text);
    else expect(isWithin(text, own), file).toBe(true);
  }
});

describe('the stores', () => {
  /** A chat like the one on the site. */
  function openChat(room: Room) {
    const connection = connect(
      () => DbConnection.builder().withUri(room.uri).withDatabaseName(room.database),
      { connectOnServer: true, tokens: memoryTokens(), unsubscribeDelayMs: 0 },
    );
    onTestFinished(() => connection.close());
    const chat = createChat(connection);
    const stops = [chat.messages, chat.users].map((store) => store.subscribe(() => undefined));
    onTestFinished(() => stops.forEach((stop) => stop()));
    return { connection, chat };
  }

  test('the stores work on a server with the plain module only', async () => {
    const room = await openRoom({ program: plain, limits: 'default' });
    const [ann, bob] = [openChat(room), openChat(room)];
    await vi.waitFor(() => expect(ann.chat.messages.status.get().status).toBe('ready'));
    await ann.chat.setName('Ann');
    await ann.chat.sendMessage('Hello');
    await vi.waitFor(() =>
      expect(bob.chat.messages.get().map(({ text, author }) => [author.label, text])).toEqual([
        ['Ann', 'Hello'],
      ]),
    );
    await expect(ann.chat.sendMessage('')).rejects.toThrow('Messages must not be empty');

    // Calls that the plain module does not have are refused, and everything else works.
    await expect(
      ann.connection.call((db) => db.reducers.setRetention({ keepMessages: 1, keepDays: 0 })),
    ).rejects.toMatchObject({ name: 'ReducerError', code: 'failed' });
    const standing = liveTable(ann.connection, 'SELECT * FROM standing', { table: 'standing' });
    onTestFinished(standing.subscribe(() => undefined));
    await vi.waitFor(() => expect(standing.status.get().status).toBe('error'));
    await bob.chat.sendMessage('Still here');
    await vi.waitFor(() => expect(ann.chat.messages.get().map(({ text }) => text)).toContain('Still here'));
  });
});

test('a room of the plain module works with our module afterwards, and only one of two people with the same name can claim it', async () => {
  const dataDir = await temporaryFolder();
  const before = await openRoom({ program: plain, limits: 'default', dataDir });
  const [ann, other, third] = [await before.newcomer(), await before.newcomer(), await before.newcomer()];
  await ann.call('set_name', 'Ann');
  await other.call('set_name', 'ann');
  await ann.call('send_message', 'Hello');
  await before.stop();

  const after = await openRoom({ limits: 'default', dataDir });
  const [annNow, otherNow, thirdNow] = await Promise.all([ann, other, third].map((old) => after.again(old)));
  expect(textsIn(after)).toEqual(['Hello']);
  expect(await thirdNow?.call('set_name', 'ANN')).toEqual(refused('ANN is taken. Try ANN2'));
  expect([nameOf(after, ann), nameOf(after, other)]).toEqual(['Ann', 'ann']);
  const answers = [await annNow?.call('set_name', 'Ann'), await otherNow?.call('set_name', 'ann')];
  expect(answers).toContainEqual(OK);
  expect(answers).toContainEqual(refused(expect.stringMatching(/^ann is taken\. Try ann2$/i) as string));
  expect(await thirdNow?.call('set_name', 'Cy')).toEqual(OK);
  // `init` does not run again, so the owner registers by SQL, which only the owner may use.
  expect(after.sql('SELECT * FROM staff')).toEqual([]);
});
