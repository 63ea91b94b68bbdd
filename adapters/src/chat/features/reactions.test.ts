import { describe, expect, it } from 'vitest';
import { join, openRoom, until } from '../../../test/features-room.ts';
import type { MessageDetails } from './types.ts';

const shown = ({ reactions }: MessageDetails) =>
  reactions.map(({ emoji, count, isMine, people }) => [
    emoji,
    count,
    isMine,
    ...people.map(({ label }) => label),
  ]);

describe('a reaction', () => {
  it('shows at once, reaches others, and does not change the list of messages', async () => {
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    await ann.chat.sendMessage('Hello');
    await ann.chat.sendMessage('Another');
    const [own, other] = [await ann.watch('Hello'), await ann.watch('Another')];
    const emitted = ann.messages.values.length;

    const done = ann.features.toggleReaction(ann.message('Hello'), '👍');
    expect(shown(own.get())).toEqual([['👍', 1, true, 'Ann']]);
    await done;
    const theirs = await ben.watch('Hello');
    expect(shown(theirs.get())).toEqual([['👍', 1, false, 'Ann']]);

    await ben.features.toggleReaction(ben.message('Hello'), '👍');
    await ben.features.toggleReaction(ben.message('Hello'), '🎉');
    await until(own.details, ({ reactions }) => reactions.length === 2);
    expect(shown(own.get())).toEqual([
      ['👍', 2, true, 'Ann', 'Ben'],
      ['🎉', 1, false, 'Ben'],
    ]);
    // The original details, then with our reaction, then with each of theirs.
    expect(own.values).toHaveLength(4);
    expect(own.values[3]?.reactions[0]).toBe(own.values[2]?.reactions[0]);
    expect(other.values).toHaveLength(1);
    expect(ann.messages.values).toHaveLength(emitted);
  });

  it('is removed by toggling it again, and ends in the state of the last toggle, however fast they are', async () => {
    const host = await openRoom();
    const ann = await join(host, 'Ann');
    await ann.chat.sendMessage('Hello');
    const message = ann.message('Hello');
    const own = await ann.watch('Hello');
    const toggle = () => ann.features.toggleReaction(message, '👍');
    for (const times of [1, 2, 3, 4]) {
      const before = own.get().reactions.length;
      const seen: number[] = [];
      const done = Array.from({ length: times }, () => {
        const settled = toggle();
        seen.push(own.get().reactions.length);
        return settled;
      });
      expect(seen).toEqual(Array.from({ length: times }, (_, index) => (before + index + 1) % 2));
      await Promise.all(done);
      expect(own.get().reactions).toHaveLength((before + times) % 2);
      const rows = host.sql('SELECT * FROM reaction').rows;
      expect(rows).toHaveLength((before + times) % 2);
    }
  });

  it('that the module refuses is undone, and the promise rejects with its text', async () => {
    const host = await openRoom();
    const ann = await join(host, 'Ann');
    await ann.chat.sendMessage('Hello');
    const own = await ann.watch('Hello');
    const refused = ann.features.toggleReaction(ann.message('Hello'), 'bad');
    expect(shown(own.get())).toEqual([['bad', 1, true, 'Ann']]);
    await expect(refused).rejects.toMatchObject({ code: 'refused', message: 'That is not allowed here' });
    expect(own.get().reactions).toEqual([]);
  });

  it('works on a message whose details have no subscribers', async () => {
    const host = await openRoom();
    const ann = await join(host, 'Ann');
    await ann.chat.sendMessage('Hello');
    await ann.features.toggleReaction(ann.message('Hello'), '👍');
    await ann.features.toggleReaction(ann.message('Hello'), '🎉');
    await ann.features.toggleReaction(ann.message('Hello'), '👍');
    expect(host.sql('SELECT * FROM reaction').rows).toHaveLength(1);
    const own = await ann.watch('Hello');
    expect(shown(own.get())).toEqual([['🎉', 1, true, 'Ann']]);
  });

  it('shows people with their current names', async () => {
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    await ann.chat.sendMessage('Hello');
    await ann.chat.sendMessage('Nobody reacts');
    await ben.sees('Hello');
    await ben.features.toggleReaction(ben.message('Hello'), '👍');
    const [own, other] = [await ann.watch('Hello'), await ann.watch('Nobody reacts')];
    await until(own.details, ({ reactions }) => reactions.length === 1);
    await ben.chat.setName('Benjamin');
    await until(own.details, ({ reactions }) => reactions[0]?.people[0]?.label === 'Benjamin');
    expect(other.values).toHaveLength(1);
  });
});
