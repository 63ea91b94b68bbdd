import { describe, expect, it, vi } from 'vitest';
import { join, openRoom, slow, until } from '../../../test/features-room.ts';
import { record } from '../../../test/set-up.ts';

/** Only a few messages are loaded at first. */
const small = { chat: { pageSize: 2 } };

/** A room with old messages, and two people who see the newest. */
async function openOldRoom() {
  const host = await openRoom();
  const ann = await join(host, 'Ann', small);
  await ann.writeDaysAgo(1_000, 'ancient', 'ancient, too');
  await ann.writeDaysAgo(200, 'old', 'old, too');
  await ann.writeDaysAgo(20, 'recent', 'recent, too');
  for (const text of ['new', 'newer']) await ann.chat.sendMessage(text);
  const ben = await join(host, 'Ben', small);
  expect(ben.texts()).toEqual(['new', 'newer']);
  return { host, ann, ben };
}

describe('what belongs to older messages', () => {
  it('is loaded and unloaded with them', async () => {
    const { ann, ben } = await openOldRoom();
    await ann.chat.loadUntil(new Date(0));
    for (const text of ['ancient', 'old', 'recent', 'new'])
      await ann.features.toggleReaction(ann.message(text), '👍');
    const { details } = await ben.watch('newer');
    await until(details.status, ({ isReady }) => isReady);
    await vi.waitFor(async () => expect(await ben.cached('reaction')).toBe(1), slow);

    await ben.chat.loadUntil(new Date(Date.now() - 300 * 86_400_000));
    expect(ben.texts()).toContain('old');
    expect(ben.texts()).not.toContain('ancient');
    expect((await ben.watch('recent')).get().reactions).toHaveLength(1);
    const old = await ben.watch('old');
    await until(old.details, ({ reactions }) => reactions.length === 1);
    await vi.waitFor(async () => expect(await ben.cached('reaction')).toBe(3), slow);

    old.stop();
    expect(ben.chat.unloadOlder()).toBe(true);
    expect(ben.texts()).toEqual(['new', 'newer']);
  });

  it('is subscribed as long as any of its stores has subscribers', async () => {
    const { ann, ben } = await openOldRoom();
    await ann.features.toggleReaction(ann.message('new'), '👍');
    const { stop } = await ben.watch('new');
    await vi.waitFor(async () => expect(await ben.cached('reaction')).toBe(1), slow);
    stop();
    await vi.waitFor(async () => expect(await ben.cached('reaction')).toBe(0), slow);
  });
});

describe('messages outside the loaded spans', () => {
  it('are quoted by those that answer them, and are not in the list', async () => {
    const { ann, ben } = await openOldRoom();
    await ann.chat.loadUntil(new Date(0));
    await ann.chat.sendMessage('As I said', { replyTo: ann.message('ancient') });
    await ben.sees('As I said');
    const lists = ben.messages.values.length;
    const answer = await ben.watch('As I said');
    const quote = { status: 'ready', text: 'ancient', author: { label: 'Ann' } };
    await until(answer.details, ({ replyTo }) => replyTo?.status === 'ready');
    expect(answer.get().replyTo).toMatchObject(quote);
    expect(answer.values.every(({ replyTo }) => replyTo?.status !== 'deleted')).toBe(true);
    expect(ben.texts()).toEqual(['new', 'newer', 'As I said']);

    await ann.features.edit(ann.message('ancient'), 'ANCIENT');
    await until(answer.details, ({ replyTo }) => replyTo?.text === 'ANCIENT');
    await ann.features.deleteOwn(ann.message('ANCIENT'));
    await until(answer.details, ({ replyTo }) => replyTo?.status === 'deleted');
    expect(ben.messages.values).toHaveLength(lists);
  });

  it('are found by their id, which loads the messages in between', async () => {
    const { ann, ben } = await openOldRoom();
    await ann.chat.loadUntil(new Date(0));
    const id = ann.features.idOf(ann.message('old')) ?? '';
    expect(id).toMatch(/^[0-9a-z]+-[0-9a-f]{12}$/);
    const found = await ben.features.find(id);
    expect(found).toBe(ben.message('old'));
    expect(ben.features.idOf(ben.message('old'))).toBe(id);
    expect(ben.texts()).toContain('recent');
    expect(ben.texts()).not.toContain('ancient');
    expect(await ben.features.find(id)).toBe(found);
  });

  it('that do not exist are not searched for in the whole history', async () => {
    const { ann, ben } = await openOldRoom();
    const id = ann.features.idOf(ann.message('new')) ?? '';
    const others = [id.replace(/^./, '1'), id.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))];
    for (const other of [...others, '', 'nonsense', `-${id}`, 'zzzzzzzzzzzz-000000000000'])
      expect(await ben.features.find(other)).toBeUndefined();
    expect(ben.texts()).toEqual(['new', 'newer']);
  });

  it('are found by a search with their details, as the same objects if they are loaded', async () => {
    const { ann, ben } = await openOldRoom();
    await ann.chat.loadUntil(new Date(0));
    await ann.features.toggleReaction(ann.message('ancient'), '👍');
    const found = await ben.features.search('N');
    expect(found.map(({ text }) => text)).toEqual([
      'newer',
      'new',
      'recent, too',
      'recent',
      'ancient, too',
      'ancient',
    ]);
    expect(found[0]).toBe(ben.message('newer'));
    expect(found.at(-1)).toMatchObject({ author: { label: 'Ann' }, status: 'sent', mine: false });
    const details = ben.features.details(found.at(-1) as (typeof found)[0]);
    record(details);
    await until(details, ({ reactions }) => reactions.length === 1);
    const more = await ben.features.search('n', { limit: 2, before: found[1] });
    expect(more.map(({ text }) => text)).toEqual(['recent, too', 'recent']);
    const before = new Date(Date.now() - 500 * 86_400_000);
    expect((await ben.features.search('n', { before })).map(({ text }) => text)).toEqual([
      'ancient, too',
      'ancient',
    ]);
    expect(ben.texts()).toEqual(['new', 'newer']);
  });
});

describe('pinned messages', () => {
  it('are listed with the last pinned first, wherever they are in the history', async () => {
    const { ann, ben } = await openOldRoom();
    await ann.chat.loadUntil(new Date(0));
    const [pins, theirs] = [record(ann.features.pins), record(ben.features.pins)];
    await until(ann.features.pins.status, ({ isReady }) => isReady);
    const done = [ann.features.pin(ann.message('new')), ann.features.pin(ann.message('ancient'))];
    expect(pins.values.at(-1)?.map(({ text }) => text)).toEqual(['ancient', 'new']);
    await Promise.all(done);
    expect(ann.features.pins.get()).toEqual([ann.message('ancient'), ann.message('new')]);
    await until(ben.features.pins, (list) => list.length === 2);
    expect(ben.features.pins.get().map(({ text }) => text)).toEqual(['ancient', 'new']);
    expect(ben.features.pins.get()[1]).toBe(ben.message('new'));
    expect((await ben.watch('new')).get().isPinned).toBe(true);
    expect((await ben.watch('newer')).get().isPinned).toBe(false);

    await ann.features.edit(ann.message('ancient'), 'ANCIENT');
    await until(ben.features.pins, ([first]) => first?.text === 'ANCIENT');
    const unpinned = ann.features.unpin(ann.message('new'));
    expect(ann.features.pins.get().map(({ text }) => text)).toEqual(['ANCIENT']);
    await unpinned;
    await until(ben.features.pins, (list) => list.length === 1);
    expect(ben.texts()).toEqual(['new', 'newer']);
    expect(theirs.values.length).toBeLessThanOrEqual(6);
  });

  it('are undone when the module refuses one', async () => {
    const { ann } = await openOldRoom();
    await ann.chat.sendMessage('bad');
    record(ann.features.pins);
    const { details, get } = await ann.watch('bad');
    await until(details.status, ({ isReady }) => isReady);
    const refused = ann.features.pin(ann.message('bad'));
    expect(get().isPinned).toBe(true);
    expect(ann.features.pins.get()).toEqual([ann.message('bad')]);
    await expect(refused).rejects.toThrow('That is not allowed here');
    expect(get().isPinned).toBe(false);
    expect(ann.features.pins.get()).toEqual([]);
  });
});

describe('loading back to a time', () => {
  it('loads all messages since then, and no more spans than needed', async () => {
    const { ben } = await openOldRoom();
    expect(await ben.chat.loadUntil(new Date())).toBe(true);
    expect(ben.texts()).toEqual(['new', 'newer']);
    expect(await ben.chat.loadUntil(new Date(Date.now() - 201 * 86_400_000))).toBe(true);
    expect(ben.texts()).toEqual(['old', 'old, too', 'recent', 'recent, too', 'new', 'newer']);
    expect(await ben.chat.loadUntil(new Date(-1))).toBe(true);
    expect(ben.chat.history.get().reachedStart).toBe(true);
    ben.connection.close();
    expect(await ben.chat.loadUntil(new Date(0))).toBe(false);
  });
});
