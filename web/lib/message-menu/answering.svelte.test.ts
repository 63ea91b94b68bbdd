import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeFeatures } from '../../testing/fake-features.ts';
import { chatSessionWith, deferred, message, user } from '../../testing/fixtures.ts';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import { Answering } from './answering.svelte.ts';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const row = { sender: me.identity, text: '' } as never;
const [theirs, mine] = [message(ada, 'Hello\nall', { row }), message(me, 'Hi', { row })];
const pending = message(me, 'on its way');

let features: FakeFeatures;
let session: ChatSession;
let answering: Answering;
const write = vi.fn();
const attempt = vi.fn<(edit: Promise<void>) => void>();
beforeEach(() => {
  write.mockReset();
  attempt.mockReset();
  features = new FakeFeatures(me);
  session = chatSessionWith({ features, me, messages: [theirs, mine, pending] });
  answering = new Answering({ session: () => session, write, attempt });
});

describe('a reply', () => {
  it('begins in the message field, replaces an edit, and ends when it is sent', async () => {
    const onsend = vi.spyOn(session, 'onsend');
    answering.edit(mine);
    answering.reply(theirs);
    expect(write).toHaveBeenCalledOnce();
    expect(answering.editing).toBeUndefined();
    expect(answering.replyTo).toEqual({ label: 'Ada', excerpt: 'Hello all' });
    await answering.send('yes');
    expect(onsend).toHaveBeenCalledExactlyOnceWith('yes', theirs);
    expect(answering.replyTo).toBeUndefined();
  });

  it('can be cancelled', () => {
    answering.reply(theirs);
    answering.cancelReply();
    expect(answering.replyTo).toBeUndefined();
  });

  it('stays if it was not accepted, or if another one has started meanwhile', async () => {
    answering.reply(theirs);
    vi.spyOn(session, 'onsend').mockRejectedValueOnce(new Error('not started'));
    await expect(answering.send('yes')).rejects.toThrow('not started');
    expect(answering.replyTo).toBeDefined();
    const sent = answering.send('yes');
    answering.reply(mine);
    await sent;
    expect(answering.replyTo).toMatchObject({ label: 'Me' });
  });
});

describe('an edit', () => {
  it('begins with the text that is being saved, if there is one', () => {
    answering.edit(mine);
    expect(answering.editing).toMatchObject({ text: 'Hi' });
    features.change(mine, { pendingText: 'Hi!' });
    answering.edit(mine);
    expect(answering.editing).toMatchObject({ text: 'Hi!' });
    answering.cancelEdit();
    expect(answering.editing).toBeUndefined();
  });

  it('of the last message applies to the last one that the server has, while it can be edited', () => {
    answering.editLast();
    expect(answering.editing).toMatchObject({ text: 'Hi' });
    answering.cancelEdit();
    features.editLimitMs.set(0);
    answering.editLast();
    expect(answering.editing).toBeUndefined();
    session = chatSessionWith({ messages: [mine] });
    answering.editLast();
    expect(answering.editing).toBeUndefined();
    session = chatSessionWith({ features: new FakeFeatures(me), messages: [theirs, pending] });
    answering.editLast();
    expect(answering.editing).toBeUndefined();
  });

  it('ends when the server has accepted it', async () => {
    const edited = deferred();
    const edit = vi.spyOn(features, 'edit').mockReturnValue(edited.promise);
    answering.edit(mine);
    const saved = answering.save('Hello');
    expect(edit).toHaveBeenCalledExactlyOnceWith(mine, 'Hello');
    await Promise.resolve();
    expect(answering.editing).toBeDefined();
    edited.resolve();
    await saved;
    expect(answering.editing).toBeUndefined();
    expect(attempt).not.toHaveBeenCalled();
  });

  it('stays if the server refuses it', async () => {
    features.refusal = new Error('too late');
    answering.edit(mine);
    await expect(answering.save('Hello')).rejects.toThrow('too late');
    expect(answering.editing).toBeDefined();
  });

  it('does not end another one that has begun meanwhile', async () => {
    answering.edit(mine);
    const saved = answering.save('Hello');
    answering.edit(theirs);
    await saved;
    expect(answering.editing).toMatchObject({ text: 'Hello\nall' });
  });

  it('waits for the connection without its field', async () => {
    session = chatSessionWith({ features, status: { status: 'offline', attempt: 0 } });
    answering.edit(mine);
    vi.spyOn(features, 'edit').mockReturnValue(deferred().promise);
    await answering.save('Hello');
    expect(answering.editing).toBeUndefined();
    expect(attempt).toHaveBeenCalledOnce();
  });

  it('saves nothing if nothing is being edited or can be edited', async () => {
    await answering.save('Hello');
    answering.edit(mine);
    session = chatSessionWith({});
    await answering.save('Hello');
    expect(features.calls).toEqual([]);
  });
});
