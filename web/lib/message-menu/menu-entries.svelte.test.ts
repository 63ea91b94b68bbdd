import { NotConnectedError, ReducerError } from 'spacetimedb-stores';
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeFeatures, reactionOf } from '../../testing/fake-features.ts';
import { chatSessionWith, message, user } from '../../testing/fixtures.ts';
import { en } from '../i18n/en.ts';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import { menuEntries } from './menu-entries.ts';
import type { MessageHost } from './message-actions.svelte.ts';
import { MessageTools } from './message-tools.svelte.ts';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const sent = (author: ChatUser, parts: Partial<ChatMessage> = {}): ChatMessage =>
  message(author, 'Hello', { row: { sender: author.identity, text: 'Hello' } as never, ...parts });

let features: FakeFeatures;
let theirs: ChatMessage;
let mine: ChatMessage;
const near = document.createElement('article');
const moderation = { deleteMessage: vi.fn(), moderate: vi.fn(), canModerate: vi.fn(() => true) };
const staff = { roles: new Map([[me.id, 'moderator']]) as ChatSession['roles'] };

beforeEach(() => {
  features = new FakeFeatures(me);
  [theirs, mine] = [sent(ada), sent(me)];
  vi.clearAllMocks();
});

function tools(parts: Partial<ChatSession> = {}, host: Partial<MessageHost> = {}): MessageTools {
  return new MessageTools({
    session: chatSessionWith({ features, me, users: [me, ada], ...parts }),
    strings: en,
    moderation: undefined,
    pageLink: 'https://chat.example/',
    reply: vi.fn(),
    edit: vi.fn(),
    show: vi.fn(() => Promise.resolve(true)),
    refocus: vi.fn(),
    ...host,
  });
}
const labels = (of: MessageTools, message: ChatMessage): string[][] =>
  menuEntries(of, message).map((group) => group.map(({ label }) => label));
const entry = (of: MessageTools, message: ChatMessage, label: string) =>
  menuEntries(of, message)
    .flat()
    .find((one) => one.label === label);

describe('the menu', () => {
  it.each([
    ['of others', () => theirs, {}, {}, [['Reply'], ['Copy text', 'Copy link'], ['Report…', 'Block Ada']]],
    ['of the reader', () => mine, {}, {}, [['Reply', 'Edit'], ['Copy text', 'Copy link'], ['Delete']]],
    [
      'of others, for staff',
      () => theirs,
      staff,
      { moderation },
      [['Reply'], ['Copy text', 'Copy link'], ['Pin'], ['Report…', 'Block Ada', 'Mute or ban…', 'Delete…']],
    ],
    [
      'that are on their way',
      () => message(me, 'Hello'),
      staff,
      { moderation },
      [['Copy text', 'Copy link']],
    ],
    [
      'without a link',
      () => theirs,
      {},
      { pageLink: undefined },
      [['Reply'], ['Copy text'], ['Report…', 'Block Ada']],
    ],
    ['of a plain server', () => mine, { features: undefined }, {}, [['Copy text']]],
    [
      'of a plain server, for staff',
      () => mine,
      { features: undefined, ...staff },
      { moderation },
      [['Copy text'], ['Mute or ban…', 'Delete…']],
    ],
  ])('has groups of entries for messages %s', (_, message, session, host, expected) => {
    expect(labels(tools(session, host), message())).toEqual(expected);
  });

  it('depends on the details of the message', () => {
    features.change(theirs, { isPinned: true, editedAt: new Date(), reactions: [reactionOf('👍', [ada])] });
    features.blocked.set(new Set([ada.id]));
    expect(labels(tools(staff), theirs)).toEqual([
      ['Reply'],
      ['Copy text', 'Copy link', 'Who reacted'],
      ['Unpin', 'Edit history'],
      ['Report…', 'Unblock Ada'],
    ]);
  });

  it('says why a message can no longer be edited', () => {
    features.editLimitMs.set(60 * 60_000);
    expect(entry(tools(), mine, 'Edit')).toMatchObject({ reason: 'Only within 60 minutes of sending' });
    mine = sent(me, { sent: new Date() });
    expect(entry(tools(), mine, 'Edit')?.reason).toBeUndefined();
    expect(tools().editLimitOf(mine)).toBeUndefined();
  });

  it('does not say that about messages of others', () => {
    features.editLimitMs.set(60 * 60_000);
    expect(entry(tools(), theirs, 'Edit')).toBeUndefined();
  });

  it('names the keys for its entries, and marks what cannot be undone', () => {
    const keys = menuEntries(tools(), mine)
      .flat()
      .flatMap(({ label, key, isDangerous }) => (key ? [[label, key, isDangerous]] : []));
    expect(keys).toEqual([
      ['Reply', 'R', undefined],
      ['Edit', 'E', undefined],
      ['Delete', 'Delete', true],
    ]);
  });

  it('cannot report a message that the server does not have', () => {
    expect(labels(tools(), message(ada, 'Hello'))).toEqual([['Copy text', 'Copy link'], ['Block Ada']]);
  });

  it('leaves out people whom the reader may not moderate', () => {
    moderation.canModerate.mockReturnValueOnce(false);
    expect(entry(tools(staff, { moderation }), theirs, 'Mute or ban…')).toBeUndefined();
    expect(moderation.canModerate).toHaveBeenCalledWith(ada);
  });

  it('runs the commands of its entries', () => {
    const of = tools(staff, { moderation });
    const copy = vi.spyOn(of, 'copy').mockResolvedValue();
    const run = (label: string, message = theirs): void => entry(of, message, label)?.run(near);
    run('Reply');
    expect(of.host.reply).toHaveBeenCalledExactlyOnceWith(theirs);
    run('Edit', mine);
    expect(of.host.edit).toHaveBeenCalledExactlyOnceWith(mine);
    run('Copy text');
    expect(copy).toHaveBeenLastCalledWith('Hello', near, 'Copied');
    run('Copy link');
    expect(copy).toHaveBeenLastCalledWith(`https://chat.example/#m=${theirs.key}`, near, 'Link copied');
    run('Mute or ban…');
    expect(moderation.moderate).toHaveBeenCalledExactlyOnceWith(ada);
    run('Delete…');
    expect(moderation.deleteMessage).toHaveBeenCalledExactlyOnceWith(theirs);
    run('Delete', mine);
    expect(of.dialog).toEqual({ kind: 'delete', message: mine });
    run('Report…');
    expect(of.dialog).toEqual({ kind: 'report', message: theirs });
    features.change(theirs, { editedAt: new Date(), reactions: [reactionOf('👍', [ada])] });
    run('Who reacted');
    expect(of.dialog).toEqual({ kind: 'reactions', message: theirs });
    run('Edit history');
    expect(of.dialog).toEqual({ kind: 'history', message: theirs });
    run('Pin');
    features.change(theirs, { isPinned: true });
    run('Unpin');
    run('Block Ada');
    features.blocked.set(new Set([ada.id]));
    run('Unblock Ada');
    expect(features.calls).toEqual([['pin'], ['unpin'], ['block', ada.id], ['unblock', ada.id]]);
  });
});

describe('a key on a message', () => {
  it('does what it says', () => {
    const of = tools();
    const openPicker = vi.spyOn(of, 'openPicker').mockResolvedValue();
    of.run('menu', theirs, near);
    expect(of.menu).toEqual({ message: theirs, anchor: near });
    expect(of.openKey).toBe(theirs.key);
    of.run('reply', theirs, near);
    expect(of.host.reply).toHaveBeenCalledExactlyOnceWith(theirs);
    of.run('edit', mine, near);
    expect(of.host.edit).toHaveBeenCalledExactlyOnceWith(mine);
    of.run('react', theirs, near);
    expect(openPicker).toHaveBeenCalledExactlyOnceWith(theirs, near);
    of.run('delete', mine, near);
    expect(of.dialog).toEqual({ kind: 'delete', message: mine });
    expect(of.host.reply).toHaveBeenCalledOnce();
    expect(of.host.edit).toHaveBeenCalledOnce();
  });

  it('does nothing with a message that the server does not have, or if the server has only messages', () => {
    const pending = message(me, 'Hello');
    for (const of of [tools(), tools({ features: undefined })]) {
      const openPicker = vi.spyOn(of, 'openPicker').mockResolvedValue();
      const message = of.features ? pending : theirs;
      for (const command of ['reply', 'edit', 'react', 'delete'] as const) of.run(command, message, near);
      expect(of.host.reply).not.toHaveBeenCalled();
      expect(of.host.edit).not.toHaveBeenCalled();
      expect(openPicker).not.toHaveBeenCalled();
      expect(of.dialog).toBeUndefined();
    }
  });

  it('does not edit uneditable messages, and deletes messages of others only after asking a moderator', () => {
    const of = tools();
    of.run('edit', theirs, near);
    expect(of.host.edit).not.toHaveBeenCalled();
    of.run('delete', theirs, near);
    expect(of.dialog).toBeUndefined();
    tools({}, { moderation }).run('delete', theirs, near);
    expect(moderation.deleteMessage).toHaveBeenCalledExactlyOnceWith(theirs);
  });
});

describe('a notice', () => {
  const refused = new ReducerError('refused', 'You cannot block yourself');

  it.each([
    [refused, 'You cannot block yourself'],
    [new NotConnectedError('closed'), en.noConnection],
    [new Error('secret'), en.notArrived],
  ])('says why an action failed: %s', async (error, text) => {
    const of = tools();
    of.attempt(Promise.reject(error), { text: 'Done' });
    await vi.waitFor(() => expect(of.notice).toEqual({ text, isProblem: true }));
  });

  it('says that someone was blocked, and undoes it', async () => {
    const of = tools();
    of.block(ada);
    await vi.waitFor(() => expect(of.notice?.text).toBe('You no longer see messages by Ada.'));
    expect(of.isHidden(theirs)).toBe(true);
    of.show(theirs);
    expect(of.isHidden(theirs)).toBe(false);
    expect(of.isHidden(sent(ada))).toBe(true);
    of.notice?.undo?.();
    await vi.waitFor(() => expect(of.notice).toEqual({ text: 'You see messages by Ada again.' }));
    expect(of.isBlocked(ada)).toBe(false);
  });

  it('says that a quoted message is gone, or could not be loaded', async () => {
    const show = vi.fn(() => Promise.resolve(true));
    const of = tools({}, { show });
    await of.showQuoted('7');
    expect(of.notice).toBeUndefined();
    show.mockResolvedValueOnce(false);
    await of.showQuoted('7');
    expect(of.notice).toEqual({ text: 'That message was deleted.', isProblem: true });
    show.mockRejectedValueOnce(new Error('offline'));
    await of.showQuoted('7');
    expect(of.notice).toEqual({ text: expect.stringMatching(/Couldn’t load/) as string, isProblem: true });
    expect(show).toHaveBeenCalledWith('7');
  });

  it('is left out for a reaction that was accepted', async () => {
    const of = tools();
    of.react(theirs, '🎉');
    expect(of.lastReaction).toBe('🎉');
    await vi.waitFor(() => expect(features.calls).toEqual([['toggleReaction', '🎉']]));
    expect(of.notice).toBeUndefined();
  });
});

it('does nothing if the server has only messages', () => {
  const of = tools({ features: undefined });
  of.react(theirs, '🎉');
  of.block(ada);
  of.unblock(ada);
  expect(of.lastReaction).toBe('👍');
  expect(of.quoteOf(theirs)).toBeUndefined();
  expect(of.linkTo(theirs)).toBeUndefined();
  expect(of.isBlocked(ada)).toBe(false);
  expect(of.announcementOf(theirs)).toBeUndefined();
  expect(of.editLimitOf(mine)).toBeUndefined();
});

it('reads out who replied to the reader, and to nobody else', () => {
  const of = tools();
  const quote = { author: me, sent: new Date(), status: 'ready', text: 'x', id: 'x' } as const;
  expect(of.announcementOf(theirs)).toBeUndefined();
  features.change(theirs, { replyTo: { ...quote, author: ada } });
  expect(of.announcementOf(theirs)).toBeUndefined();
  features.change(theirs, { replyTo: quote });
  expect(of.announcementOf(theirs)).toBe('Ada replied to you: Hello');
  const pending = message(ada, 'Hello');
  features.change(pending, { replyTo: quote });
  expect(of.announcementOf(pending)).toBeUndefined();
});

it('knows the staff, and quotes a message', () => {
  expect(tools().isStaff).toBe(false);
  expect(tools(staff).isStaff).toBe(true);
  expect(tools({ ...staff, me: undefined }).isStaff).toBe(false);
  const { author, text, sent, key } = theirs;
  expect(tools().quoteOf(theirs)).toEqual({ author, text, sent, id: key, status: 'ready' });
});
