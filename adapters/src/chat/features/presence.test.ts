import { describe, expect, it, vi } from 'vitest';
import { join, openRoom, slow, timesOf, until } from '../../../test/features-room.ts';
import { record } from '../../../test/set-up.ts';

/** Counts the calls of a reducer in the debug log, once that has so many messages: calls are answered in order. */
function callsIn(lines: readonly string[], reducer: string) {
  const count = (name: string): number => lines.filter((line) => line.includes(name)).length;
  return async (messages: number): Promise<number> => {
    await vi.waitFor(() => expect(count('send_message')).toBe(messages), slow);
    return count(reducer);
  };
}

/** Waits until the server sends typing events. */
function listens(lines: readonly string[]): Promise<void> {
  const isApplied = (line: string): boolean => /subscribed.* FROM typing/.test(line);
  return vi.waitFor(() => expect(lines.some(isApplied)).toBe(true), slow);
}

describe('typing', () => {
  it('shows who is typing, in order of their start, until they stop, send or leave', async () => {
    const host = await openRoom();
    const lines: string[] = [];
    const ann = await join(host, 'Ann', { debug: (line) => lines.push(line) });
    const [ben, cy] = [await join(host, 'Ben'), await join(host, 'Cy')];
    record(ann.features.blocked);
    record(ann.features.typing);
    const labels = () => ann.features.typing.get().map(({ label }) => label);
    const shows = (...expected: string[]) => vi.waitFor(() => expect(labels()).toEqual(expected), slow);
    await listens(lines);
    ben.features.setTyping(true);
    await shows('Ben');
    cy.features.setTyping(true);
    ann.features.setTyping(true);
    await shows('Ben', 'Cy');
    await ben.chat.sendMessage('Done');
    await shows('Cy');
    ben.features.setTyping(false);
    ben.features.setTyping(true);
    await shows('Cy', 'Ben');
    cy.features.setTyping(false);
    await shows('Ben');
    ben.connection.close();
    await shows();
  });

  it('ends after a while without events, and hides blocked people', async () => {
    const host = await openRoom();
    let now = Date.now();
    const timers = new Set<() => void>();
    const environment = {
      now: () => now,
      // Only the typing indicator has timers of this length.
      setTimeout: (run: () => void, ms: number): unknown => {
        if (ms < 5_000 || ms > 6_000) return setTimeout(run, ms);
        timers.add(run);
        return run;
      },
      clearTimeout: (timer: unknown): void => {
        timers.delete(timer as () => void);
        clearTimeout(timer as NodeJS.Timeout);
      },
    };
    const lines: string[] = [];
    const ann = await join(host, 'Ann', { environment, debug: (line) => lines.push(line) });
    const ben = await join(host, 'Ben');
    record(ann.features.typing);
    await listens(lines);
    ben.features.setTyping(true);
    await until(ann.features.typing, ({ length }) => length === 1);
    const { typing, block, unblock } = ann.features;
    const [user] = typing.get();
    if (!user) throw new Error('Nobody is typing');
    await block(user);
    expect(typing.get()).toEqual([]);
    await unblock(user);
    expect(typing.get()).toHaveLength(1);
    now += 6_000;
    for (const run of [...timers]) run();
    expect(typing.get()).toEqual([]);
    expect(timers.size).toBe(0);
  });

  it('is sent at most every three seconds, and its end at once', async () => {
    const host = await openRoom();
    let now = Date.now();
    const lines: string[] = [];
    const ann = await join(host, 'Ann', {
      environment: { now: () => now },
      debug: (line) => lines.push(line),
    });
    const calls = callsIn(lines, 'set_typing');
    const { setTyping } = ann.features;
    setTyping(false);
    for (let count = 0; count < 10; count++) setTyping(true);
    await ann.chat.sendMessage('a');
    expect(await calls(1)).toBe(1);
    now += 3_000;
    setTyping(true);
    setTyping(false);
    setTyping(false);
    setTyping(true);
    await ann.chat.sendMessage('b');
    expect(await calls(2)).toBe(4);
  });
});

describe('the read mark', () => {
  it('moves forward on all devices, and newer messages are counted as unread', async () => {
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    for (const text of ['one', 'two', 'three']) await ben.chat.sendMessage(text);
    await ann.sees('three');
    const seen = record(ann.features.readUntil);
    expect(await ann.features.countUnread()).toEqual({ messages: 0, mentions: 0 });
    ann.features.markRead(ann.message('two'));
    expect(seen.values.at(-1)).toEqual(ann.message('two').sent);
    ann.features.markRead(ann.message('one'));
    await vi.waitFor(() => expect(host.sql('SELECT * FROM read_mark').rows).toHaveLength(1), slow);
    await vi.waitFor(async () => expect((await ann.features.countUnread()).messages).toBe(1), slow);
    await until(ann.features.readUntil, (time) => time?.getTime() === ann.message('two').sent.getTime());
    await ben.chat.sendMessage('@Ann');
    await vi.waitFor(async () => expect((await ann.features.countUnread()).messages).toBe(2), slow);
  });

  it('is sent at most every two seconds, and before the page is hidden', async () => {
    const host = await openRoom();
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    const lines: string[] = [];
    const now = Date.now();
    const environment = { document: page, window: new EventTarget(), now: () => now };
    const ann = await join(host, 'Ann', { environment, debug: (line) => lines.push(line) });
    for (const text of ['one', 'two', 'three']) await ann.chat.sendMessage(text);
    const calls = callsIn(lines, 'mark_read');
    for (const text of ['one', 'two', 'three']) ann.features.markRead(ann.message(text));
    await ann.chat.sendMessage('four');
    expect(await calls(4)).toBe(1);
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    await ann.chat.sendMessage('five');
    expect(await calls(5)).toBe(2);
    const micros = String(ann.message('three').row?.sent.microsSinceUnixEpoch);
    expect(timesOf(host, 'SELECT sent FROM read_mark')).toEqual([micros]);
  });

  it('is sent after a reconnect', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const host = await openRoom();
    const ann = await join(host, 'Ann');
    await ann.chat.sendMessage('one');
    await ann.lose();
    ann.features.markRead(ann.message('one'));
    await ann.recover();
    await vi.waitFor(() => expect(host.sql('SELECT * FROM read_mark').rows).toHaveLength(1), slow);
  });
});

describe('blocking', () => {
  it('shows at once, stays after reconnects, and is undone when the module refuses it', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    const { values } = record(ann.features.blocked);
    await until(ann.features.blocked.status, ({ isReady }) => isReady);
    await ben.chat.sendMessage('Hello');
    const { author } = await ann.sees('Hello');
    const done = ann.features.block(author);
    expect(ann.features.blocked.get()).toEqual(new Set([author.id]));
    await done;
    await ann.lose();
    await ann.recover();
    expect(ann.features.blocked.get()).toEqual(new Set([author.id]));
    // Empty, then with the blocked person, and no repetition.
    expect(values).toHaveLength(2);
    const [me] = ann.chat.users.get().filter(({ isMe }) => isMe);
    const refused = ann.features.block(me as typeof author);
    expect(ann.features.blocked.get().size).toBe(2);
    await expect(refused).rejects.toThrow('You cannot block yourself');
    expect(ann.features.blocked.get()).toEqual(new Set([author.id]));
    await ann.features.unblock(author);
    expect(ann.features.blocked.get().size).toBe(0);
  });

  it('is decided by the rows if the answer was lost', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    await ben.chat.sendMessage('Hello');
    const { author } = await ann.sees('Hello');
    record(ann.features.blocked);
    await until(ann.features.blocked.status, ({ isReady }) => isReady);
    ann.line.deafen();
    const made = ann.features.block(author);
    await vi.waitFor(() => expect(host.sql('SELECT * FROM personal_block').rows).toHaveLength(1), slow);
    await ann.lose();
    await ann.recover();
    await made;
    ann.line.mute();
    const lost = expect(ann.features.unblock(author)).rejects.toMatchObject({ code: 'not-connected' });
    await ann.lose();
    expect(ann.features.blocked.get().size).toBe(0);
    await ann.recover();
    await lost;
    expect(ann.features.blocked.get().size).toBe(1);
  });
});

it('a report reaches the server', async () => {
  const host = await openRoom();
  const ann = await join(host, 'Ann');
  await ann.chat.sendMessage('Spam');
  await ann.features.report(ann.message('Spam'), 'It is spam');
  expect(host.sql('SELECT reason FROM report').rows).toEqual([['It is spam']]);
});

it('a search without a connection finds loaded messages', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const host = await openRoom();
  const ann = await join(host, 'Ann');
  for (const text of ['Crème brûlée', 'creme', 'Nothing', 'BRULEE with CREME'])
    await ann.chat.sendMessage(text);
  await ann.lose();
  const found = async (text: string, limit?: number) =>
    (await ann.features.search(text, { limit })).map((message) => message.text);
  expect(await found('creme brulee')).toEqual(['BRULEE with CREME', 'Crème brûlée']);
  expect(await found('CRÈME', 2)).toEqual(['BRULEE with CREME', 'creme']);
  expect(await found(' ')).toEqual([]);
  expect(await ann.features.search('creme', { before: ann.message('creme') })).toEqual([
    ann.message('Crème brûlée'),
  ]);
});
