import { expect, it, vi } from 'vitest';
import { deferred, named, user } from '../tests/chat.ts';
import { Outbox } from './outbox.svelte.ts';

const me = user('Me', { isMe: true });
const shown = (outbox: Outbox) => outbox.messages.map(({ text, state }) => [text, state]);

it('shows a message at once, until the server has it', async () => {
  const answer = deferred();
  const outbox = new Outbox(() => answer.promise);
  const sent = outbox.send('Hello', me);
  expect(outbox.messages).toEqual([
    expect.objectContaining({ text: 'Hello', author: me, mine: true, state: 'pending' }),
  ]);
  answer.resolve();
  await sent;
  expect(outbox.messages).toEqual([]);
});

it('keeps one that failed, with the reason, until it is sent again or discarded', async () => {
  const error = named('NotConnectedError');
  const send = vi.fn(() => Promise.reject(error));
  const outbox = new Outbox(send);
  await outbox.send('one', me);
  await outbox.send('two', me);
  expect(shown(outbox)).toEqual([
    ['one', 'failed'],
    ['two', 'failed'],
  ]);
  expect(outbox.messages[0]?.error).toBe(error);
  const [one, two] = outbox.messages;
  if (one) outbox.discard(one);
  expect(shown(outbox)).toEqual([['two', 'failed']]);
  send.mockImplementation(() => Promise.resolve() as Promise<never>);
  if (two) await outbox.retry(two);
  expect(send).toHaveBeenLastCalledWith('two');
  expect(outbox.messages).toEqual([]);
});
