import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { join, openRoom, slow, timesOf, until } from '../../../test/features-room.ts';
import { UnknownOutcomeError } from '../../errors.ts';
import { Scope, Store } from '../../store.ts';
import type { Connection } from '../../types.ts';
import type { ChatMessage } from '../types.ts';
import { OptimisticChanges } from './optimistic.ts';
import type { FeaturesDb } from './rows.ts';
import type { MessageDetails } from './types.ts';

const shown = ({ reactions }: MessageDetails) => reactions.map(({ emoji, count }) => [emoji, count]);
const notConnected = { name: 'NotConnectedError', code: 'not-connected' };

// The SDK logs lost connections.
afterEach(() => void vi.restoreAllMocks());

/** Someone with a message that they watch. */
async function openWithMessage(chat = {}) {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const host = await openRoom();
  const ann = await join(host, 'Ann', { chat });
  await ann.chat.sendMessage('Hello');
  const own = await ann.watch('Hello');
  await until(own.details.status, ({ isReady }) => isReady);
  const toggle = (emoji: string) => ann.features.toggleReaction(ann.message('Hello'), emoji);
  return { host, ann, own, toggle, rows: () => host.sql('SELECT emoji FROM reaction').rows.flat() };
}

describe('without a connection', () => {
  it('changes show at once, and are sent in order after the reconnect', async () => {
    const { host, ann, own, toggle, rows } = await openWithMessage();
    const ben = await join(host, 'Ben');
    await ann.lose();
    expect(own.details.status.get().isStale).toBe(true);
    const message = ann.message('Hello');
    const done = [
      toggle('👍'),
      ann.chat.sendMessage('between'),
      ann.features.edit(message, 'HELLO'),
      toggle('👍'),
      toggle('🎉'),
      ann.features.edit(message, 'Hello!'),
    ];
    expect(own.get()).toMatchObject({ pendingText: 'Hello!', reactions: [{ emoji: '🎉', count: 1 }] });
    expect(rows()).toEqual([]);
    await ben.features.toggleReaction(await ben.sees('Hello'), '🎉');
    await ann.recover();
    await Promise.all(done);
    expect(rows()).toEqual(['🎉', '🎉']);
    expect(shown(own.get())).toEqual([['🎉', 2]]);
    expect(own.get().pendingText).toBeUndefined();
    expect(ann.texts()).toEqual(['Hello!', 'between']);
    expect((await ann.features.versions(ann.message('Hello!'))).map(({ text }) => text)).toEqual([
      'Hello',
      'HELLO',
    ]);
  });

  it('no more changes wait than allowed', async () => {
    const { ann, own, toggle, rows } = await openWithMessage({ maxQueued: 2 });
    await ann.lose();
    const done = [toggle('1️⃣'), toggle('2️⃣')];
    await expect(toggle('3️⃣')).rejects.toMatchObject(notConnected);
    expect(shown(own.get())).toEqual([
      ['1️⃣', 1],
      ['2️⃣', 1],
    ]);
    await ann.recover();
    await Promise.all(done);
    expect(rows()).toEqual(['1️⃣', '2️⃣']);
  });

  it('are not made in the name of someone who signs in meanwhile', async () => {
    const { ann, own, toggle, rows } = await openWithMessage();
    await ann.lose();
    const done = toggle('👍');
    const refused = expect(done).rejects.toMatchObject(notConnected);
    ann.line.mend();
    ann.connection.resetIdentity();
    await refused;
    expect(rows()).toEqual([]);
    await until(own.details, ({ reactions }) => reactions.length === 0);
  });
});

describe('when the answer is lost', () => {
  it('the rows show that a change was made, and it stays visible throughout', async () => {
    const { host, ann, own, toggle, rows } = await openWithMessage();
    await ann.chat.sendMessage('Delete me');
    const before = own.values.length;
    ann.line.deafen();
    const done = [
      toggle('👍'),
      ann.features.edit(ann.message('Hello'), 'HELLO'),
      ann.features.deleteOwn(ann.message('Delete me')),
      ann.features.pin(ann.message('Hello')),
    ];
    await vi.waitFor(() => expect(host.sql('SELECT * FROM pin').rows).toHaveLength(1), slow);
    expect(rows()).toEqual(['👍']);
    await ann.lose();
    expect(shown(own.get())).toEqual([['👍', 1]]);
    await ann.recover();
    await Promise.all(done);
    expect(own.values.slice(before).every((details) => shown(details).length === 1)).toBe(true);
    expect(own.get()).toMatchObject({ isPinned: true, pendingText: undefined });
    expect(ann.texts()).toEqual(['HELLO']);
  });

  it('the rows show that a change was not made, and it is undone', async () => {
    const { ann, own, toggle } = await openWithMessage();
    ann.line.mute();
    const message = ann.message('Hello');
    const { edit, deleteOwn, pin } = ann.features;
    const done = [toggle('👍'), edit(message, 'HELLO'), deleteOwn(message), pin(message)];
    const refused = done.map((promise) => expect(promise).rejects.toMatchObject(notConnected));
    await ann.lose();
    expect(own.get()).toMatchObject({ pendingText: 'HELLO', isBeingDeleted: true, isPinned: true });
    await ann.recover();
    await Promise.all(refused);
    expect(own.get()).toEqual({ ...own.values[0], reactions: [] });
  });

  it('the outcome of a change is unknown when the connection is closed', async () => {
    const { ann, own, toggle } = await openWithMessage();
    ann.line.mute();
    const done = expect(toggle('👍')).rejects.toMatchObject({ code: 'unknown-outcome' });
    await ann.lose();
    ann.connection.close();
    await done;
    expect(own.get()).toBeDefined();
  });
});

it('a change whose answer was lost follows the rows and the connection only until the rows decide', async () => {
  const scope = new Scope(() => undefined);
  const used = new Set<string>();
  const use = (name: string) => {
    used.add(name);
    return () => void used.delete(name);
  };
  const connection = {
    identity: new Store(scope, undefined).readable,
    status: new Store(scope, { status: 'connected' }, () => use('connection')).readable,
    call: () => Promise.reject(new UnknownOutcomeError('Lost')),
  } as unknown as Connection<FeaturesDb>;
  const changes = new OptimisticChanges(connection, scope, 1);
  const lost = changes.make({
    of: 'message',
    part: 'text',
    value: 'HELLO',
    call: () => Promise.resolve(),
    isMade: () => false,
    keepRows: () => use('rows'),
    show: () => undefined,
  });
  await vi.waitFor(() => expect([...used]).toEqual(['rows', 'connection']));
  changes.decide();
  await expect(lost).rejects.toThrow('The connection was lost before it arrived');
  expect([...used]).toEqual([]);
});

it('two people see the state of the server, however their changes overlap', async () => {
  const host = await openRoom();
  const people = [await join(host, 'Ann'), await join(host, 'Ben')] as const;
  const step = fc.record({
    who: fc.nat(1),
    act: fc.constantFrom('react', 'react', 'react', 'edit', 'delete', 'reply', 'pin', 'unpin'),
    target: fc.nat(1),
    emoji: fc.constantFrom('👍', '🎉', 'bad'),
    isAwaited: fc.boolean(),
  });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const texts = people.map(({ features }, index) => `${typeof features} ${index} ${count++}`);
      for (const [index, text] of texts.entries()) await people[index]?.chat.sendMessage(text);
      const watched = await Promise.all(
        people.map(async (person) => {
          const found = [];
          for (const text of texts)
            found.push({ message: await person.sees(text), ...(await person.watch(text)) });
          return { ...person, found };
        }),
      );
      const calls: Promise<unknown>[] = [];
      for (const { who, act, target, emoji, isAwaited } of steps) {
        const person = watched[who] as (typeof watched)[0];
        const { message } = person.found[target] as (typeof person.found)[0];
        const { features, chat } = person;
        const call =
          act === 'react'
            ? features.toggleReaction(message, emoji)
            : act === 'edit'
              ? features.edit(message, `${message.text} ${count++}`)
              : act === 'delete'
                ? features.deleteOwn(message)
                : act === 'reply'
                  ? chat.sendMessage(`Reply ${count++}`, { replyTo: message })
                  : act === 'pin'
                    ? features.pin(message)
                    : features.unpin(message);
        calls.push(call.catch(() => undefined));
        if (isAwaited) await call.catch(() => undefined);
      }
      await Promise.all(calls);
      const reactions = timesOf(host, 'SELECT sent FROM reaction');
      const pins = timesOf(host, 'SELECT sent FROM pin');
      for (const person of watched) {
        for (const { message, details } of person.found) {
          const sent = String(message.row?.sent.microsSinceUnixEpoch);
          const expected = reactions.filter((time) => time === sent).length;
          await until(
            details,
            (shown) =>
              shown.reactions.reduce((sum, { count }) => sum + count, 0) === expected &&
              shown.isPinned === pins.includes(sent) &&
              shown.pendingText === undefined &&
              !shown.isBeingDeleted,
          );
        }
      }
      const [first, second] = watched;
      // Refused replies stay with the one who wrote them.
      const arrived = (list: readonly ChatMessage[] = []) =>
        list.flatMap(({ text, status }) => (status === 'sent' ? [text] : []));
      await vi.waitFor(
        () => expect(arrived(first?.chat.messages.get())).toEqual(arrived(second?.chat.messages.get())),
        slow,
      );
      for (const [index, { details }] of (first?.found ?? []).entries()) {
        const theirs = second?.found[index]?.details.get().reactions;
        expect(shown(details.get())).toEqual(theirs?.map(({ emoji, count }) => [emoji, count]));
      }
      for (const { found } of watched) found.forEach(({ stop }) => stop());
    }),
    { numRuns: 25, endOnFailure: true },
  );
});
