import { expect, onTestFinished, test, vi } from 'vitest';
import { OK, micros, openRoom, type Caller, type Room } from './room.ts';
import { ask, id, named, rows, say } from './messages.ts';
import { join, subscribe } from './server.ts';

const markOf = (room: Room, { identity }: Caller) =>
  room.sql(`SELECT sent FROM read_mark WHERE identity = 0x${identity}`).map(([sent]) => Number(micros(sent)));

test('a read mark goes only forward, and not into the future', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  const [, [first]] = await say(room, ann, 'one');
  await room.time.advance(1000);
  const [, [second]] = await say(room, ann, 'two');
  for (const [sent, expected] of [
    [first, first],
    [second, second],
    [first, second],
  ] as const) {
    expect(await ann.call('mark_read', [sent])).toEqual(OK);
    expect(markOf(room, ann)).toEqual([expected]);
  }
  expect(await ann.call('mark_read', [second + 10 ** 12])).toEqual(OK);
  const [mark = NaN] = markOf(room, ann);
  expect(mark).toBeGreaterThan(second);
  expect(mark).toBeLessThan(second + 10 ** 9);
});

test('every device of a person sees the read mark, and others do not', async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const devices = await Promise.all([ann, ann, ben].map(({ token }) => join(room, { token })));
  for (const device of devices) {
    onTestFinished(() => device.leave());
    await subscribe(device, 'SELECT * FROM own_read_marks');
  }
  const [phone, laptop, other] = devices as [(typeof devices)[0], ...typeof devices];
  const [, [sent]] = await say(room, ben, 'one');
  await phone.connection.reducers.markRead({
    sent: [...room.sql('SELECT sent FROM message')].map(([time]) => time)[0] as never,
  });
  const seenBy = (device: typeof phone) =>
    [...device.connection.db.ownReadMarks.iter()].map((row) => Number(row.sent.microsSinceUnixEpoch));
  await vi.waitFor(() => expect(seenBy(laptop as typeof phone)).toEqual([sent]));
  expect(seenBy(phone)).toEqual([sent]);
  expect(seenBy(other as typeof phone)).toEqual([]);
});

test('unread messages and mentions of others are counted from the mark on', async () => {
  const room = await openRoom();
  const [ann, ben, eve] = [await named(room, 'Ann'), await named(room, 'Ben'), await named(room, 'Eve')];
  const [, sent] = await say(room, ben, 'before @Ann');
  await say(room, ben, 'hello @Ann');
  expect(await ask(ann, 'count_unread')).toEqual([0, 0]);
  await ann.call('mark_read', sent);
  expect(await ask(ann, 'count_unread')).toEqual([1, 1]);
  await say(room, ann, 'my own, with @Ann');
  await say(room, ben, 'hello @Eve');
  await say(room, room.owner, '@everyone @Ann');
  expect(await ask(ann, 'count_unread')).toEqual([3, 2]);
  await say(room, eve, 'from a blocked person to @Ann');
  await ann.call('block_person', id(eve));
  expect(await ask(ann, 'count_unread')).toEqual([3, 2]);
});

test('at most 100 unread messages and mentions are counted', { timeout: 60_000 }, async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const [, sent] = await say(room, ben, 'first');
  await ann.call('mark_read', sent);
  const { connection, leave } = await join(room, { token: ben.token });
  await Promise.all(
    Array.from({ length: 120 }, (_, n) => connection.reducers.sendMessage({ text: `@Ann ${n}` })),
  );
  await leave();
  expect(await ask(ann, 'count_unread')).toEqual([100, 100]);
});

test('visitors who never chose a name or wrote leave no mark', async () => {
  const room = await openRoom();
  const [, sent] = await say(room, room.owner, 'hello');
  const visitor = await join(room);
  await visitor.connection.reducers.markRead({ sent: room.sql('SELECT sent FROM message')[0]?.[0] as never });
  expect(rows(room, 'read_mark', 'sent')).toEqual([sent]);
  await visitor.leave();
  await vi.waitFor(() => expect(rows(room, 'read_mark', 'sent')).toEqual([]));
});
