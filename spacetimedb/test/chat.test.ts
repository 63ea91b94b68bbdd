import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { MESSAGE_MAX_LENGTH } from '../src/rules.ts';
import {
  isLive,
  join,
  openServer,
  subscribe,
  textsOf,
  unique,
  userOf,
  type ServerUnderTest,
} from './server.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.stop());

const EVERYTHING = ['SELECT * FROM user', 'SELECT * FROM message'];

describe.each(['none', 'gzip'] as const)('two people with compression %s', (compression) => {
  test('two people see each other join, change names, write and leave', async () => {
    const ann = await join(server, { compression });
    await subscribe(ann, ...EVERYTHING);
    const bob = await join(server, { compression });
    await subscribe(bob, ...EVERYTHING);
    await vi.waitFor(() =>
      expect(userOf(ann, bob.identity)).toMatchObject({ online: true, name: undefined }),
    );

    const name = unique('Bob');
    await bob.connection.reducers.setName({ name });
    await vi.waitFor(() => expect(userOf(ann, bob.identity)?.name).toBe(name));

    const text = unique('hello');
    await bob.connection.reducers.sendMessage({ text });
    // The caller's own rows have arrived when its call returns.
    expect(textsOf(bob)).toContain(text);
    await vi.waitFor(() => expect(textsOf(ann)).toContain(text));

    await bob.leave();
    await vi.waitFor(() => expect(userOf(ann, bob.identity)).toMatchObject({ online: false, name }));
    await ann.leave();
  });

  test('a message of maximum length arrives unchanged', async () => {
    const ann = await join(server, { compression });
    const bob = await join(server, { compression });
    await subscribe(bob, ...EVERYTHING);
    const text = unique('😀').padEnd(MESSAGE_MAX_LENGTH, 'long ');
    await ann.connection.reducers.sendMessage({ text });
    await vi.waitFor(() => expect(textsOf(bob)).toContain(text), { timeout: 30_000 });
    await Promise.all([ann.leave(), bob.leave()]);
  });

  test('a call with a million characters is answered', async () => {
    const ann = await join(server, { compression });
    const text = 'long '.repeat(200_000);
    await expect(ann.connection.reducers.sendMessage({ text })).rejects.toMatchObject({
      message: 'Messages must not have more than 2000 characters',
    });
    await ann.leave();
  });
});

describe('a person', () => {
  test('a person is online until their last connection closes', async () => {
    const watcher = await join(server);
    await subscribe(watcher, ...EVERYTHING);
    const first = await join(server);
    const second = await join(server, { token: first.token });
    expect(second.identity).toBe(first.identity);
    await first.leave();
    // A later change, to be sure that the server has processed the first disconnect.
    const text = unique('still here');
    await second.connection.reducers.sendMessage({ text });
    await vi.waitFor(() => expect(textsOf(watcher)).toContain(text));
    expect(userOf(watcher, first.identity)?.online).toBe(true);
    await second.leave();
    await vi.waitFor(() => expect(userOf(watcher, first.identity)?.online).toBe(false));
    await watcher.leave();
  });

  test.each(['', ' ', '\n\t', '\u3000'])(
    'a person sees that the name or message %j is empty',
    async (nothing) => {
      const person = await join(server);
      const { reducers } = person.connection;
      const refused = (message: string) => expect.objectContaining({ name: 'SenderError', message });
      await expect(reducers.setName({ name: nothing })).rejects.toEqual(refused('Names must not be empty'));
      await expect(reducers.sendMessage({ text: nothing })).rejects.toEqual(
        refused('Messages must not be empty'),
      );
      await person.leave();
    },
  );

  test('many messages sent at once arrive in order', async () => {
    const person = await join(server);
    await subscribe(person, ...EVERYTHING);
    // Limits are off only on our own host.
    const texts = Array.from({ length: isLive ? 5 : 200 }, (_, n) => unique(String(n)));
    await Promise.all(texts.map((text) => person.connection.reducers.sendMessage({ text })));
    const sent = [...person.connection.db.message.iter()]
      .filter(({ sender }) => sender.toHexString() === person.identity)
      .sort((a, b) => Number(a.sent.microsSinceUnixEpoch - b.sent.microsSinceUnixEpoch))
      .map(({ text }) => text);
    expect(sent).toEqual(texts);
    await person.leave();
  });
});

describe('a subscription', () => {
  test('a subscription with a condition holds and follows exactly the matching rows', async () => {
    const ann = await join(server);
    const bob = await join(server);
    await subscribe(ann, `SELECT * FROM message WHERE sender = 0x${bob.identity}`);
    const [wanted, unwanted] = [unique('wanted'), unique('unwanted')];
    await ann.connection.reducers.sendMessage({ text: unwanted });
    await bob.connection.reducers.sendMessage({ text: wanted });
    await vi.waitFor(() => expect(textsOf(ann)).toContain(wanted));
    expect(textsOf(ann)).not.toContain(unwanted);
    await Promise.all([ann.leave(), bob.leave()]);
  });

  test('a subscription to a time range excludes older messages', async () => {
    const person = await join(server);
    const [old, recent] = [unique('old'), unique('recent')];
    await person.connection.reducers.sendMessage({ text: old });
    const since = new Date(Date.now() + 1).toISOString();
    await vi.waitUntil(() => Date.now() > Date.parse(since));
    await subscribe(person, `SELECT * FROM message WHERE sent >= '${since}'`);
    await person.connection.reducers.sendMessage({ text: recent });
    expect(textsOf(person)).toContain(recent);
    expect(textsOf(person)).not.toContain(old);
    await person.leave();
  });

  test('ending a subscription removes its rows', async () => {
    const person = await join(server);
    await person.connection.reducers.sendMessage({ text: unique('here') });
    const onApplied = vi.fn();
    const handle = person.connection
      .subscriptionBuilder()
      .onApplied(onApplied)
      .subscribe('SELECT * FROM message');
    await vi.waitFor(() => expect(onApplied).toHaveBeenCalled());
    expect(textsOf(person)).not.toEqual([]);
    await new Promise<void>((done) => handle.unsubscribeThen(() => done()));
    expect(textsOf(person)).toEqual([]);
    await person.leave();
  });

  test.each([
    ['to an unknown table', 'SELECT * FROM nothing', /no such table: `nothing`/],
    [
      'to a private table',
      'SELECT * FROM live_connection',
      /no such table: `live_connection`. If the table exists, it may be marked private/,
    ],
    ['that is not SQL', 'Hello there', /./],
    ['with an order', 'SELECT * FROM message ORDER BY sent', /./],
  ])(
    'a subscription %s is refused with a reason, and the connection stays usable',
    async (_what, query, reason) => {
      const person = await join(server);
      await expect(subscribe(person, query)).rejects.toThrow(reason);
      await person.connection.reducers.setName({ name: unique('here') });
      await person.leave();
    },
  );
});

test('an invalid token is refused', async () => {
  await expect(join(server, { token: 'garbage' })).rejects.toThrow('Failed to verify token');
});

test('an unknown database is refused', async () => {
  await expect(join({ ...server, database: 'no-such-database' })).rejects.toThrow();
});
