import { describe, expect, it } from 'vitest';
import { join, openRoom, until } from '../../../test/features-room.ts';
import type { MessageDetails } from './types.ts';

const emojis = ({ reactions }: MessageDetails) =>
  reactions.map(({ emoji, count, isMine, people }) => [
    emoji,
    count,
    isMine,
    people.map(({ label }) => label),
  ]);

describe('a reaction', () => {
  it('shows at once, reaches the others, and leaves the list of messages alone', async () => {
    const room = await openRoom();
    const [ann, ben] = [await join(room, 'Ann'), await join(room, 'Ben')];
    await until(ann.features.isAvailable, Boolean);
    await ann.chat.sendMessage('Hello');
    await ann.chat.sendMessage('Another');
    const [own, other] = [ann.message('Hello'), ann.message('Another')];
    const [shown, unchanged] = [ann.watch(own), ann.watch(other)];
    await until(ann.features.details(own).status, ({ isReady }) => isReady);
    const emitted = ann.messages.values.length;

    const done = ann.features.toggleReaction(own, '👍');
    expect(emojis(ann.features.details(own).get())).toEqual([['👍', 1, true, ['Ann']]]);
    await done;
    const theirs = ben.features.details(await ben.sees('Hello'));
    theirs.subscribe(() => undefined);
    await until(theirs, ({ reactions }) => reactions.length === 1);
    expect(emojis(theirs.get())).toEqual([['👍', 1, false, ['Ann']]]);

    await ben.features.toggleReaction(ben.message('Hello'), '👍');
    await ben.features.toggleReaction(ben.message('Hello'), '🎉');
    await until(ann.features.details(own), ({ reactions }) => reactions.length === 2);
    expect(emojis(ann.features.details(own).get())).toEqual([
      ['👍', 2, true, ['Ann', 'Ben']],
      ['🎉', 1, false, ['Ben']],
    ]);
    // Once for the store as it was, once for our own, and once for each of theirs.
    expect(shown.values).toHaveLength(4);
    expect(unchanged.values).toHaveLength(1);
    expect(ann.messages.values).toHaveLength(emitted);
    const [first, second] = [shown.values[2], shown.values[3]];
    expect(second?.reactions[0]).toBe(first?.reactions[0]);
  });
});
