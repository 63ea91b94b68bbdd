import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { ManualTime } from 'spacetimedb-host';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { JournalStorage } from '../host/src/node/storage/journal-storage.ts';
import { temporaryFolder } from '../host/src/testing/temporary-folder.ts';
import { OK, micros, openRoom, refused, textsIn, type Caller, type Room } from './room.ts';
import { join, subscribe, textsOf } from './server.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Sends numbered messages, in order. */
async function send(room: Room, { token }: Caller, count: number, from = 0): Promise<void> {
  const { connection, leave } = await join(room, { token });
  await Promise.all(numbers(from, from + count).map((text) => connection.reducers.sendMessage({ text })));
  await leave();
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n));

/** Gives the room time to delete messages. */
const settle = (room: Room) => room.time.advance(5 * MINUTE);

test('by default everything is kept and nothing is scheduled', async () => {
  const room = await openRoom();
  await send(room, await room.newcomer(), 5);
  room.time.advance(400 * DAY);
  expect(textsIn(room)).toHaveLength(5);
  expect(room.time.pending).toBe(0);
});

test('only the newest messages are kept, and clients see the others disappear', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  const reader = await join(room);
  onTestFinished(() => reader.leave());
  await subscribe(reader, 'SELECT * FROM message');
  await send(room, person, 10);
  expect(await room.owner.call('set_retention', 4, 0)).toEqual(OK);
  settle(room);
  expect(textsIn(room)).toEqual(numbers(6, 10));
  await vi.waitFor(() => expect(textsOf(reader).sort()).toEqual(numbers(6, 10)));
  await send(room, person, 3, 10);
  settle(room);
  expect(textsIn(room)).toEqual(numbers(9, 13));
});

test('messages older than the limit go, including the texts of deleted messages', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  await send(room, person, 3);
  const [sent, sender] = room.sql("SELECT sent, sender FROM message WHERE text = '1'")[0] ?? [];
  const by = [`0x${(sender as { toHexString(): string }).toHexString()}`];
  expect(await room.owner.call('delete_message', by, [Number(micros(sent))], '')).toEqual(OK);
  room.time.advance(2 * DAY);
  await send(room, person, 2, 3);
  expect(await room.owner.call('set_retention', 0, 7)).toEqual(OK);
  room.time.advance(5 * DAY - HOUR);
  expect(textsIn(room)).toEqual(['0', '2', '3', '4']);
  expect(room.sql('SELECT text FROM deleted_message')).toEqual([['1']]);
  room.time.advance(2 * HOUR);
  expect(textsIn(room)).toEqual(['3', '4']);
  expect(room.sql('SELECT text FROM deleted_message')).toEqual([]);
  room.time.advance(2 * DAY);
  expect(textsIn(room)).toEqual([]);
});

test('a backlog is deleted in batches, oldest first', async () => {
  const room = await openRoom();
  await send(room, await room.newcomer(), 450);
  await room.owner.call('set_retention', 10, 0);
  room.time.advance(1100);
  expect(textsIn(room)).toEqual(numbers(200, 450));
  for (let n = 0; n < 60 && textsIn(room).length > 10; n++) {
    const before = textsIn(room).length;
    room.time.advance(1000);
    expect(before - textsIn(room).length).toBeLessThanOrEqual(200);
  }
  expect(textsIn(room)).toEqual(numbers(440, 450));
}, 120_000);

test(
  'retention works after the clock was set back and messages are from the future',
  { timeout: 120_000 },
  async () => {
    const dataDir = await temporaryFolder();
    const ahead = new ManualTime(Date.UTC(2026, 0, 3) * 1000);
    const room = await openRoom({ dataDir, time: ahead });
    await send(room, await room.newcomer(), 6);
    await room.owner.call('set_retention', 5, 0);
    settle(room);
    await room.stop();
    await forgetTime(dataDir);

    const earlier = await openRoom({ dataDir, time: new ManualTime(Date.UTC(2026, 0, 1) * 1000) });
    await send(earlier, await earlier.newcomer(), 3, 6);
    settle(earlier);
    expect(textsIn(earlier)).toHaveLength(5);
    await earlier.owner.call('set_retention', 2, 0);
    settle(earlier);
    // The oldest go first, according to their timestamps.
    expect(textsIn(earlier).sort()).toEqual(['4', '5']);
  },
);

/** Makes the host forget its newest time, like a server that relies only on its clock. */
async function forgetTime(dataDir: string): Promise<void> {
  const [identity = ''] = await readdir(path.join(dataDir, 'databases'));
  const folder = path.join(dataDir, 'databases', identity);
  const before = await JournalStorage.open(folder);
  const { meta, program, rows, sequences } = (await before.load()) ?? {};
  await before.close();
  await rm(folder, { recursive: true });
  const after = await JournalStorage.create(folder);
  const tables = [...(rows ?? [])].map(([table, ofTable]) => ({
    table,
    deletes: [],
    inserts: [...ofTable].map((row) => ({ ...row, key: '', columns: [] })),
  }));
  after.append({ ...(meta && program ? { meta, program } : {}), tables, sequences: sequences ?? new Map() });
  await after.close();
}

test('retention can be switched off', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  await room.owner.call('set_retention', 2, 0);
  expect(await room.owner.call('set_retention', 0, 0)).toEqual(OK);
  expect(room.time.pending).toBe(0);
  await send(room, person, 5);
  settle(room);
  expect(textsIn(room)).toHaveLength(5);
});

test('only the owner sets retention, and nobody else can run it', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  expect(await person.call('set_retention', 1, 1)).toEqual(refused('Only the owner of the room may do this'));
  const row = { id: 1, runs: { Interval: [1] }, keep_messages: 1, keep_days: 0, oldest: [0], span: 1 };
  expect((await person.call('apply_retention', row)).status).toBe(404);
});

describe('any history', () => {
  test('exactly the messages within the limits are kept', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ tag: fc.constant('send' as const), count: fc.integer({ min: 1, max: 4 }) }),
        fc.record({ tag: fc.constant('wait' as const), hours: fc.nat(3) }),
        // Retention does not run while the machine sleeps. If the machine was awake that long, it would run every
        // minute.
        fc.record({ tag: fc.constant('sleep' as const), hours: fc.nat(200) }),
        fc.record({ tag: fc.constant('keep' as const), messages: fc.nat(6), days: fc.nat(6) }),
      ),
      { minLength: 1, maxLength: 25 },
    );
    const room = await openRoom();
    const person = await room.newcomer();
    await fc.assert(
      fc.asyncProperty(steps, async (todo) => {
        await room.owner.call('set_retention', 0, 0);
        room.sql('DELETE FROM message');
        let expected: { text: string; at: number }[] = [];
        let [keepMessages, keepDays] = [0, 0];
        for (const step of todo) {
          if (step.tag === 'send') {
            for (let n = 0; n < step.count; n++) {
              const text = String(expected.length + n) + Math.random();
              await person.call('send_message', text);
              expected.push({ text, at: room.time.now() });
            }
          }
          // Half an hour more than whole hours, so that no message is exactly as old as the limit.
          if (step.tag === 'wait') room.time.advance(step.hours * HOUR + HOUR / 2);
          if (step.tag === 'sleep') {
            room.time.setWallClock(room.time.now() + (step.hours * HOUR + HOUR / 2) * 1000);
          }
          if (step.tag === 'keep') {
            [keepMessages, keepDays] = [step.messages, step.days];
            await room.owner.call('set_retention', keepMessages, keepDays);
          }
          settle(room);
          const since = room.time.now() - keepDays * DAY * 1000;
          if (keepDays > 0) expected = expected.filter(({ at }) => at >= since);
          if (keepMessages > 0) expected = expected.slice(-keepMessages);
          expect(textsIn(room)).toEqual(expected.map(({ text }) => text));
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
