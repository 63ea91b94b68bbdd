import { describe, expect, it } from 'vitest';
import { join, openRoom, until } from '../../../test/features-room.ts';

describe('a reply', () => {
  it('shows the answered message as soon as it is written, and to others', async () => {
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    await ann.chat.sendMessage('Hello');
    await ben.sees('Hello');
    const sent = ben.chat.sendMessage('Hi', { replyTo: ben.message('Hello') });
    const pending = ben.message('Hi');
    expect(pending).toMatchObject({ status: 'pending', replyTo: { text: 'Hello' } });
    const own = await ben.watch('Hi');
    await sent;
    const quote = { text: 'Hello', status: 'ready', author: { label: 'Ann' } };
    const id = ann.features.idOf(ann.message('Hello'));
    expect(own.values.every(({ replyTo }) => replyTo?.text === 'Hello')).toBe(true);
    expect(own.get().replyTo).toMatchObject({ ...quote, id });
    expect(ben.message('Hi')).toMatchObject({ key: pending.key, status: 'sent' });
    expect(ben.features.details(ben.message('Hi'))).toBe(own.details);
    expect((await ann.watch('Hi')).get().replyTo).toMatchObject({ ...quote, id });
    expect((await ann.watch('Hello')).get().replyTo).toBeUndefined();
  });

  it('shows when the answered message is edited or deleted', async () => {
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    await ann.chat.sendMessage('Hello');
    await ben.chat.sendMessage('Hi', { replyTo: await ben.sees('Hello') });
    const own = await ben.watch('Hi');
    await ann.features.edit(ann.message('Hello'), 'Hello, Ben');
    await until(own.details, ({ replyTo }) => replyTo?.text === 'Hello, Ben');
    await ann.features.deleteOwn(ann.message('Hello, Ben'));
    await until(own.details, ({ replyTo }) => replyTo?.status === 'deleted');
    expect(own.get().replyTo).toMatchObject({ text: undefined, author: { label: 'Ann' } });
  });

  it('is still a reply when it is sent again after a refusal', async () => {
    const host = await openRoom();
    const ann = await join(host, 'Ann');
    await ann.chat.sendMessage('Hello');
    const sent = ann.chat.sendMessage('bad', { replyTo: ann.message('Hello') });
    await expect(sent).rejects.toMatchObject({ message: 'That is not allowed here' });
    const failed = ann.message('bad');
    expect(failed).toMatchObject({ status: 'failed', replyTo: { text: 'Hello' } });
    await expect(ann.chat.retry(failed)).rejects.toMatchObject({ message: 'That is not allowed here' });
    expect(ann.message('bad').replyTo?.text).toBe('Hello');
  });

  it('to a message that the server does not have is rejected without a call', async () => {
    const host = await openRoom();
    const ann = await join(host, 'Ann');
    await expect(ann.chat.sendMessage('bad', {})).resolves.toBeUndefined();
    const pending = ann.chat.sendMessage('first');
    const reply = ann.chat.sendMessage('second', { replyTo: ann.message('first') });
    await expect(reply).rejects.toThrow(TypeError);
    await pending;
    expect(ann.chat.messages.get().map(({ text }) => text)).toEqual(['bad', 'first']);
  });
});

describe('an edit', () => {
  it('shows at once, and the message keeps its key and position', async () => {
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    for (const text of ['one', 'two', 'three']) await ann.chat.sendMessage(text);
    await ben.sees('three');
    const keys = [ann, ben].map(({ chat }) => chat.messages.get().map(({ key }) => key));
    const lists = [ann, ben].map(({ messages }) => messages.values.length);
    const own = await ann.watch('two');
    const edit = ann.features.edit(ann.message('two'), 'TWO');
    expect(own.get()).toMatchObject({ pendingText: 'TWO', editedAt: undefined });
    await edit;
    expect(own.get()).toMatchObject({ pendingText: undefined, editedAt: expect.any(Date) as Date });
    await ben.sees('TWO');
    for (const [index, { chat, messages }] of [ann, ben].entries()) {
      expect(chat.messages.get().map(({ text }) => text)).toEqual(['one', 'TWO', 'three']);
      expect(chat.messages.get().map(({ key }) => key)).toEqual(keys[index]);
      expect(messages.values).toHaveLength((lists[index] ?? 0) + 1);
      expect(messages.values.at(-1)?.[0]).toBe(messages.values.at(-2)?.[0]);
    }
    const late = await join(host, 'Cy');
    expect(late.chat.messages.get().map(({ key }) => key)).toEqual(keys[1]);
    expect(ann.features.details(ann.message('TWO'))).toBe(own.details);
    expect(await ann.features.versions(ann.message('TWO'))).toMatchObject([{ text: 'two' }]);
  });

  it('that the module refuses is undone', async () => {
    const host = await openRoom();
    const ann = await join(host, 'Ann');
    await ann.chat.sendMessage('Hello');
    const own = await ann.watch('Hello');
    const before = ann.chat.messages.get();
    await expect(ann.features.edit(ann.message('Hello'), 'bad')).rejects.toThrow('That is not allowed here');
    expect(own.get()).toMatchObject({ pendingText: undefined, editedAt: undefined });
    expect(ann.chat.messages.get()).toBe(before);
  });

  it('is offered for own messages, for as long as the owner allows', async () => {
    const host = await openRoom();
    let now = Date.now();
    const ann = await join(host, 'Ann', { environment: { now: () => now } });
    const ben = await join(host, 'Ben');
    await ann.chat.sendMessage('Hello');
    const { canEdit, editLimitMs } = ann.features;
    editLimitMs.subscribe(() => undefined);
    await ben.sees('Hello');
    const answers = () => [canEdit(ann.message('Hello')), ben.features.canEdit(ben.message('Hello'))];
    expect(editLimitMs.get()).toBe(60 * 60_000);
    expect(answers()).toEqual([true, false]);
    now += 61 * 60_000;
    expect(answers()).toEqual([false, false]);
    host.call('set_edit_limit', [0]);
    await until(editLimitMs, (limit) => limit === undefined);
    expect(answers()).toEqual([true, false]);
    host.call('set_edit_limit', [5]);
    await until(editLimitMs, (limit) => limit === 5 * 60_000);
    expect(answers()).toEqual([false, false]);
  });
});

describe('deleting an own message', () => {
  it('shows at once, and is undone when the module refuses it', async () => {
    const host = await openRoom();
    const ann = await join(host, 'Ann');
    for (const text of ['Hello', 'bad']) await ann.chat.sendMessage(text);
    const [own, refused] = [await ann.watch('Hello'), await ann.watch('bad')];
    const done = [ann.features.deleteOwn(ann.message('Hello')), ann.features.deleteOwn(ann.message('bad'))];
    expect([own, refused].map(({ get }) => get().isBeingDeleted)).toEqual([true, true]);
    expect(ann.features.canEdit(ann.message('Hello'))).toBe(false);
    await done[0];
    await expect(done[1]).rejects.toThrow('That is not allowed here');
    expect([own, refused].map(({ get }) => get().isBeingDeleted)).toEqual([false, false]);
    expect(ann.chat.messages.get().map(({ text }) => text)).toEqual(['bad']);
  });
});

describe('mentions', () => {
  it('say who is mentioned, and follow edits', async () => {
    const host = await openRoom();
    const [ann, ben] = [await join(host, 'Ann'), await join(host, 'Ben')];
    await ann.chat.sendMessage('first');
    const texts = ['Hi @Ben', 'Hi @everyone'];
    for (const text of texts) await ann.chat.sendMessage(text, { replyTo: ann.message('first') });
    const person = { label: 'Ben' };
    expect((await ben.watch('Hi @Ben')).get().mentions).toMatchObject([{ name: 'Ben', person, isMe: true }]);
    expect((await ann.watch('Hi @Ben')).get().mentions).toMatchObject([{ name: 'Ben', person, isMe: false }]);
    const everyone = { name: 'everyone', person: undefined };
    expect((await ben.watch('Hi @everyone')).get().mentions).toEqual([{ ...everyone, isMe: true }]);
    const own = await ann.watch('Hi @everyone');
    expect(own.get().mentions).toEqual([{ ...everyone, isMe: false }]);
    await ann.features.edit(ann.message('Hi @everyone'), 'Hi @Ann');
    expect(own.get().mentions).toMatchObject([{ name: 'Ann', isMe: true }]);
  });
});

it('the same message always has the same store', async () => {
  const host = await openRoom();
  const ann = await join(host, 'Ann');
  const sent = ann.chat.sendMessage('Hello');
  const pending = ann.features.details(ann.message('Hello'));
  pending.subscribe(() => undefined);
  await sent;
  const { details } = ann.features;
  expect(details(ann.message('Hello'))).toBe(pending);
  await ann.chat.setName('Anna');
  await until(ann.chat.messages, ([message]) => message?.author.label === 'Anna');
  expect(details(ann.message('Hello'))).toBe(pending);
  await ann.features.toggleReaction(ann.message('Hello'), '👍');
  expect(pending.get().reactions[0]?.people).toEqual([ann.message('Hello').author]);
});
