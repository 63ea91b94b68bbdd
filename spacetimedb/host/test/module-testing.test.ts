/** The examples of docs/module-testing.md, unchanged. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Identity } from 'spacetimedb';
import { ManualTime, startHost, type DatabaseSnapshot, type StartedHost } from 'spacetimedb-host';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { generateBindings } from '../src/index.ts';
import { DbConnection, tables } from './guestbook/bindings/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MODULE = path.resolve(import.meta.dirname, 'guestbook');

// One host for the whole file. Each test begins with the rows that `init` made.
let host: StartedHost;
let fresh: DatabaseSnapshot;
const time = new ManualTime();

beforeAll(async () => {
  host = await startHost({ module: MODULE, name: 'guestbook', time });
  fresh = host.snapshot();
});
afterAll(() => host.stop());
beforeEach(() => host.restore(fresh));

describe('the examples', () => {
  test('only the author erases an entry', () => {
    const alice = host.as('alice');
    const bob = host.as('bob');
    alice.call('sign', ['Lovely place']);

    expect(bob.call('erase', [1n])).toEqual({
      tag: 'sender_error',
      message: 'only the author erases an entry',
    });
    expect(alice.call('erase', { id: 1n })).toMatchObject({ tag: 'ok' });
    expect(host.sql(tables.entry).objects).toEqual([]);
  });

  test('an entry says who wrote it', () => {
    const alice = host.as('alice');
    alice.call('sign', ['Lovely place']);

    // A query of the generated bindings: rows have their types and names.
    const [entry] = host.sql(tables.entry.where((entry) => entry.text.eq('Lovely place'))).objects;
    expect(entry?.writtenBy.toHexString()).toBe(alice.identity);

    // SQL: rows have the columns' names, and the type that you give.
    const rows = host.sql<{ id: bigint; written_by: Identity }>('SELECT id, written_by FROM entry').objects;
    expect(rows).toEqual([{ id: 1n, written_by: entry?.writtenBy }]);
  });

  test('entries are kept for a month', () => {
    const DAY = 24 * 60 * 60 * 1000;
    host.call('sign', ['Lovely place']);
    time.advance(29 * DAY);
    expect(host.sql(tables.entry).objects).toHaveLength(1);
    time.advance(2 * DAY);
    expect(host.sql(tables.entry).objects).toEqual([]);
  });

  test('a guest is online while a connection is open', () => {
    const alice = host.as('alice', { claims: { email: 'alice@example.com' } });
    const connection = alice.connect();
    expect(host.sql(tables.guest).objects).toMatchObject([{ email: 'alice@example.com', online: true }]);
    connection.disconnect();
    expect(host.sql(tables.guest).objects).toMatchObject([{ online: false }]);
  });

  test('mallory is turned away', () => {
    const mallory = host.as('mallory');
    expect(mallory.call('sign', ['Ha'])).toEqual({ tag: 'rejected', message: 'mallory is not welcome' });
    expect(() => mallory.connect()).toThrow('mallory is not welcome');
  });

  test('what the module logs', () => {
    host.call('sign', ['Lovely place']);
    expect(host.logs(1)).toMatchObject([
      { level: 'Info', message: 'signed: Lovely place', function: 'sign', filename: 'src/index.ts' },
    ]);
  });

  test('a summary of what somebody wrote', async () => {
    const alice = host.as('alice');
    alice.call('sign', ['Lovely place']);

    expect(await alice.callProcedure('summary')).toMatchObject({
      tag: 'returned',
      value: { entries: 1, longest: 'Lovely place' },
    });
  });

  test('everybody can read the entries over HTTP', async () => {
    host.call('sign', ['Lovely place']);
    const response = await fetch(`${host.uri}/v1/database/guestbook/route/entries`);
    expect(await response.json()).toEqual(['Lovely place']);
  });

  test('a client with the SDK is the same person', async () => {
    const alice = host.as('alice');
    const token = await alice.token();
    const identity = await new Promise<Identity>((resolve, reject) => {
      const connection = DbConnection.builder()
        .withUri(host.uri)
        .withDatabaseName('guestbook')
        .withToken(token)
        .onConnect((_connection, connected) => {
          resolve(connected);
          connection.disconnect();
        })
        .onConnectError((_context, error) => reject(error))
        .build();
    });
    expect(identity.toHexString()).toBe(alice.identity);
  });
});

describe('a person', () => {
  test('a name always has the same identity, which no other name has', () => {
    expect(host.as('alice').identity).toBe(host.as('alice').identity);
    expect(host.as('alice').identity).not.toBe(host.as('bob').identity);
  });

  test('a person given as an identity has no token', async () => {
    const { identity } = host.as('alice');
    for (const who of [identity, Identity.fromString(identity)]) {
      const known = host.as(who);
      expect(known.identity).toBe(identity);
      expect(known.call('sign', ['Me'])).toMatchObject({ tag: 'ok' });
      await expect(known.token()).rejects.toThrow('only somebody with a name has a token');
    }
  });

  test('a person reads with their own rights', () => {
    expect(host.sql('SELECT * FROM cleanup').rows).toHaveLength(1);
    expect(() => host.as('alice').sql('SELECT * FROM cleanup')).toThrow('no such table: `cleanup`');
  });

  test('a person calls procedures, and gets the reason when a call is refused', async () => {
    const bob = host.as('bob').connect();
    expect(await bob.callProcedure('summary')).toMatchObject({ value: { entries: 0, longest: undefined } });
    expect(await bob.callProcedure('summary', [1])).toMatchObject({ tag: 'invalid_arguments' });
    expect(await host.callProcedure('no_such_thing')).toMatchObject({ tag: 'no_such_procedure' });
    expect(await host.as('mallory').callProcedure('summary')).toEqual({
      tag: 'rejected',
      message: 'mallory is not welcome',
    });
    bob.disconnect();
  });

  test('a person is no longer online after a single call', () => {
    host.as('alice').call('sign', ['Hello']);
    expect(host.sql(tables.guest).objects).toMatchObject([{ online: false }]);
  });

  test('all calls of a connection have one connection id', () => {
    const connection = host.as('alice').connect();
    expect(connection.connectionId).toMatch(/^[0-9a-f]{32}$/);
    expect(connection.call('sign', ['Hello'])).toMatchObject({ tag: 'ok' });
    expect(host.sql(tables.guest.where(({ online }) => online.eq(true))).objects).toHaveLength(1);
    connection.disconnect();
    connection.disconnect();
    expect(host.sql(tables.guest.where(({ online }) => online.eq(true))).objects).toEqual([]);
  });
});

describe('a snapshot', () => {
  test('restoring a snapshot brings back deleted and changed rows, and the same ids are generated again', () => {
    host.call('sign', ['first']);
    const connection = host.as('alice').connect();
    const before = host.snapshot();
    const rows = () =>
      ['entry', 'guest', 'cleanup'].map((table) => host.sql(`SELECT * FROM ${table}`).objects);
    const saved = rows();
    for (let round = 0; round < 3; round++) {
      host.call('sign', [`second ${round}`]);
      expect(host.sql<{ id: bigint }>('SELECT id FROM entry').objects.map(({ id }) => id)).toEqual([1n, 2n]);
      host.sql('DELETE FROM entry WHERE id = 1');
      host.sql('DELETE FROM cleanup');
      connection.disconnect();
      host.restore(before);
      expect(rows()).toEqual(saved);
    }
  });

  test('restoring a snapshot removes later log records', () => {
    const { length } = host.logs();
    host.call('sign', ['one']);
    const before = host.snapshot();
    host.call('sign', ['two']);
    host.restore(before);
    expect(
      host
        .logs()
        .slice(length)
        .map(({ message }) => message),
    ).toEqual(['signed: one']);
  });

  test('restoring a snapshot brings schedules back', () => {
    host.sql('DELETE FROM cleanup');
    host.restore(fresh);
    host.call('sign', ['Old']);
    time.advance(40 * 24 * 60 * 60 * 1000);
    expect(host.sql(tables.entry).objects).toEqual([]);
  });

  test('a client sees a restored snapshot as one change', async () => {
    host.call('sign', ['kept']);
    const before = host.snapshot();
    host.call('sign', ['dropped']);
    const connection = await new Promise<DbConnection>((resolve, reject) => {
      DbConnection.builder()
        .withUri(host.uri)
        .withDatabaseName('guestbook')
        .onConnect((connected) => resolve(connected))
        .onConnectError((_context, error) => reject(error))
        .build();
    });
    const texts = () => [...connection.db.entry.iter()].map(({ text }) => text);
    await new Promise<void>((resolve) => {
      connection
        .subscriptionBuilder()
        .onApplied(() => resolve())
        .subscribe(tables.entry);
    });
    expect(texts().sort()).toEqual(['dropped', 'kept']);
    host.restore(before);
    await expect.poll(texts, { timeout: 20_000 }).toEqual(['kept']);
    connection.disconnect();
  });

  test('a snapshot cannot be restored when the module has changed', async () => {
    const other = await startHost({ program: await programOf('a'), name: 'changing' });
    const before = other.snapshot();
    const answer = await fetch(`${other.uri}/v1/database/changing?host_type=Js`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${other.ownerToken}` },
      body: await programOf('b'),
    });
    expect(answer.status).toBe(200);
    expect(() => other.restore(before)).toThrow('The snapshot cannot be restored');
    await other.stop();
  });
});

test('an object that is not a query is refused', () => {
  expect(() => host.sql({ toSql: () => 'SELECT * FROM entry' })).toThrow('host.sql takes SQL, or a query');
});

test('the examples in the documentation are those above', async () => {
  const [page, source] = await Promise.all([
    readFile(path.resolve(import.meta.dirname, '../docs/module-testing.md'), 'utf8'),
    readFile(import.meta.filename, 'utf8'),
  ]);
  const withoutIndent = (text: string) => text.replace(/^ +/gm, '');
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => withoutIndent(code ?? ''));
  expect(blocks.length).toBeGreaterThan(4);
  for (const block of blocks) expect(withoutIndent(source)).toContain(block);
});

test('the bindings of the examples are up to date', async () => {
  const outDir = path.join(MODULE, 'bindings');
  const changes = await generateBindings({ module: MODULE, outDir, check: true });
  expect(Object.values(changes).flat()).toEqual([]);
});

async function programOf(name: string): Promise<string> {
  const { bundleSource } = await import('../src/testing/module-source.ts');
  return bundleSource(`
    import { schema, table, t } from 'spacetimedb/server';
    const spacetimedb = schema({ note: table({ name: 'note' }, { text: t.string() }) });
    export default spacetimedb;
    export const ${name} = spacetimedb.reducer(() => undefined);`);
}
