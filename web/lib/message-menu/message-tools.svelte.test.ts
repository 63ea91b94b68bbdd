import { fireEvent, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { Timestamp } from 'spacetimedb';
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { ReducerError } from 'spacetimedb-stores';
import type { ComponentProps } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { FakeFeatures, reactionOf } from '../../testing/fake-features.ts';
import { chatSessionWith, message, user } from '../../testing/fixtures.ts';
import ChatView from '../room/ChatView.svelte';
import type { ChatSession } from '../session/chat-session.svelte.ts';

const [me, ada, bob] = [user('Me', { isMe: true }), user('Ada'), user('Bob')];

async function show(parts: Partial<ChatSession> = {}, props: Partial<ComponentProps<typeof ChatView>> = {}) {
  const sent = (author: ChatUser, text: string): ChatMessage =>
    message(author, text, { row: { sender: author.identity, sent: Timestamp.now(), text } });
  const [theirs, mine] = [sent(ada, 'Hello'), sent(me, 'My answer')];
  const features = new FakeFeatures(me);
  let session = chatSessionWith({ messages: [theirs, mine], users: [me, ada, bob], me, features, ...parts });
  const { rerender } = render(ChatView, {
    room: 'lobby',
    server: 'chat.example.com',
    inviteLink: 'https://chat.example.com/',
    session,
    ...props,
  });
  const person = userEvent.setup();
  const log = screen.getByRole('log');
  await within(log).findAllByRole('article');
  const row = (text: string): HTMLElement => within(log).getByText(text).closest('article') as HTMLElement;
  return {
    person,
    log,
    features,
    theirs,
    mine,
    row,
    update: (changed: Partial<ChatSession>) => rerender({ session: (session = { ...session, ...changed }) }),
    /** Opens the menu of a message as screen readers do. */
    openMenu: async (text: string): Promise<HTMLElement> => {
      await person.click(within(row(text)).getByRole('button', { name: 'Message actions' }));
      return screen.findByRole('menu');
    },
  };
}

const entries = (menu: HTMLElement): string[] =>
  within(menu)
    .getAllByRole('menuitem')
    .map((entry) => entry.querySelector('span')?.textContent.trim() ?? '')
    .filter(Boolean);

describe('the menu', () => {
  it('offers the actions that the reader has for a message of another person', async () => {
    const { openMenu } = await show();
    const menu = await openMenu('Hello');
    expect(menu).toHaveAccessibleName('Message by Ada');
    expect(entries(menu)).toEqual(['Reply', 'Copy text', 'Copy link', 'Report…', 'Block Ada']);
    expect(within(menu).getAllByRole('menuitemcheckbox')).toHaveLength(6);
  });

  it("offers to edit and delete the reader's own messages", async () => {
    const { openMenu } = await show();
    expect(entries(await openMenu('My answer'))).toEqual([
      'Reply',
      'Edit',
      'Copy text',
      'Copy link',
      'Delete',
    ]);
  });

  it('says until when messages can be edited', async () => {
    const { openMenu, features } = await show();
    features.editLimitMs.set(3_600_000);
    const menu = await openMenu('My answer');
    const entry = within(menu).getByRole('menuitem', { name: /Edit.*Only within 60 minutes of sending/ });
    expect(entry).toHaveAttribute('aria-disabled', 'true');
  });

  it('only offers to copy if the server has only messages', async () => {
    const { openMenu } = await show({ features: undefined });
    expect(entries(await openMenu('Hello'))).toEqual(['Copy text']);
  });

  it('offers moderators their tools and pins', async () => {
    const { openMenu, features, theirs } = await show({ roles: new Map([[me.id, 'moderator']]) });
    features.change(theirs, { editedAt: new Date() });
    expect(entries(await openMenu('Hello'))).toContain('Pin');
    expect(screen.getByRole('menuitem', { name: 'Edit history' })).toBeInTheDocument();
  });

  it('copies the text and says so', async () => {
    const { openMenu, person } = await show();
    await openMenu('Hello');
    await person.click(screen.getByRole('menuitem', { name: 'Copy text' }));
    expect(await navigator.clipboard.readText()).toBe('Hello');
    expect(await screen.findByText('Copied')).toBeVisible();
    expect(screen.queryByRole('menu')).not.toBeInTheDocument();
  });

  it('copies a link that opens at the message', async () => {
    const { openMenu, person, theirs } = await show();
    await openMenu('Hello');
    await person.click(screen.getByRole('menuitem', { name: 'Copy link' }));
    expect(await navigator.clipboard.readText()).toBe(`https://chat.example.com/#m=${theirs.key}`);
  });

  it('closes on Escape, on Tab and on a click outside, and returns the focus', async () => {
    const { openMenu, person, row } = await show();
    const button = within(row('Hello')).getByRole('button', { name: 'Message actions' });
    for (const key of ['{Escape}', '{Tab}']) {
      await openMenu('Hello');
      await person.keyboard(key);
      expect(screen.queryByRole('menu')).not.toBeInTheDocument();
      expect(button).toHaveFocus();
    }
    const menu = await openMenu('Hello');
    await person.click(menu.parentElement as HTMLElement);
    expect(screen.queryByRole('menu')).not.toBeInTheDocument();
  });
});

describe('the keyboard', () => {
  it('moves through the messages with the arrow keys, and opens the menu with Enter', async () => {
    const { person, log, row } = await show();
    log.focus();
    await person.keyboard('{ArrowUp}');
    await vi.waitFor(() => expect(row('My answer')).toHaveFocus());
    await person.keyboard('{ArrowUp}');
    await vi.waitFor(() => expect(row('Hello')).toHaveFocus());
    await person.keyboard('{End}');
    await vi.waitFor(() => expect(row('My answer')).toHaveFocus());
    await person.keyboard('{Home}');
    await vi.waitFor(() => expect(row('Hello')).toHaveFocus());
    await person.keyboard('{Enter}');
    const menu = await screen.findByRole('menu');
    expect(within(menu).getByRole('menuitem', { name: 'Reply' })).toHaveFocus();
    await person.keyboard('{Escape}');
    expect(row('Hello')).toHaveFocus();
  });

  it('moves through the menu with arrow keys and first letters', async () => {
    const { openMenu, person } = await show();
    const menu = await openMenu('Hello');
    const item = (name: string | RegExp) => within(menu).getByRole('menuitem', { name });
    await person.keyboard('{End}');
    expect(item('Block Ada')).toHaveFocus();
    await person.keyboard('{ArrowDown}{ArrowRight}');
    expect(within(menu).getByRole('menuitemcheckbox', { name: 'React with ❤️' })).toHaveFocus();
    await person.keyboard('{ArrowDown}');
    expect(item('Reply')).toHaveFocus();
    await person.keyboard('c');
    expect(item('Copy text')).toHaveFocus();
    await person.keyboard('c');
    expect(item('Copy link')).toHaveFocus();
  });

  it('ignores single keys if the reader has turned them off or nothing has the focus', async () => {
    const { person } = await show();
    await person.keyboard('{Delete}');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('deletes after a confirmation, and the neighbour gets the focus', async () => {
    const { person, log, row, features, update, theirs } = await show();
    log.focus();
    await person.keyboard('{ArrowUp}');
    await vi.waitFor(() => expect(row('My answer')).toHaveFocus());
    await person.keyboard('{Delete}');
    const dialog = await screen.findByRole('dialog', { name: 'Delete this message?' });
    expect(within(dialog).getByRole('button', { name: 'Delete' })).toHaveFocus();
    await person.keyboard('{Enter}');
    expect(features.calls).toEqual([['deleteOwn']]);
    await update({ messages: [theirs] });
    await vi.waitFor(() => expect(row('Hello')).toHaveFocus());
  });
});

describe('a finger that rests on a message', () => {
  const press = async (target: HTMLElement): Promise<void> => {
    await fireEvent.pointerDown(target, { pointerType: 'touch', isPrimary: true, clientX: 5, clientY: 5 });
  };

  it('opens the menu', async () => {
    const { row } = await show();
    await press(within(row('Hello')).getByText('Hello'));
    expect(await screen.findByRole('menu')).toBeVisible();
  });

  it('does not click the button that it rests on', async () => {
    const { row } = await show();
    const name = within(row('Hello')).getByRole('button', { name: 'Ada' });
    await press(name);
    await screen.findByRole('menu');
    await fireEvent.click(name);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('does not open it when the list scrolls or the finger moves', async () => {
    const { row, log } = await show();
    vi.useFakeTimers();
    await press(row('Hello'));
    await fireEvent.pointerMove(row('Hello'), { pointerType: 'touch', clientX: 5, clientY: 40 });
    await press(row('Hello'));
    await fireEvent.scroll(log);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(screen.queryByRole('menu')).not.toBeInTheDocument();
  });
});

describe('reactions', () => {
  it('are counted buttons that name the people and toggle', async () => {
    const { features, theirs, row, person } = await show();
    features.change(theirs, { reactions: [reactionOf('👍', [ada, bob, me]), reactionOf('🎉', [bob])] });
    const button = await within(row('Hello')).findByRole('button', {
      name: '3 people reacted with 👍: Ada, Bob, and you',
    });
    expect(button).toHaveAttribute('aria-pressed', 'true');
    expect(button).toHaveTextContent('👍 3');
    const other = within(row('Hello')).getByRole('button', { name: '1 person reacted with 🎉: Bob' });
    expect(other).toHaveAttribute('aria-pressed', 'false');
    await person.click(other);
    expect(features.calls).toEqual([['toggleReaction', '🎉']]);
  });

  it('say why they were refused', async () => {
    const { features, openMenu, person } = await show();
    features.refusal = new ReducerError('refused', 'Slow down a little. Try again in 3 seconds');
    await openMenu('Hello');
    await person.click(screen.getByRole('menuitemcheckbox', { name: 'React with 👍' }));
    expect(await screen.findByText('Slow down a little. Try again in 3 seconds')).toBeVisible();
  });

  it("are announced on the reader's own messages only", async () => {
    const { features, mine, theirs, row } = await show();
    const announced = (): string =>
      [...document.querySelectorAll('[aria-live=polite]')].map((region) => region.textContent).join(' ');
    features.change(mine, { reactions: [reactionOf('👍', [me])] });
    await within(row('My answer')).findByRole('button', { name: '1 person reacted with 👍: you' });
    features.change(mine, { reactions: [reactionOf('👍', [me, ada])] });
    features.change(theirs, { reactions: [reactionOf('😮', [bob])] });
    await vi.waitFor(() => expect(announced()).toContain('Ada reacted to your message with 👍'));
    await within(row('Hello')).findByRole('button', { name: '1 person reacted with 😮: Bob' });
    expect(announced()).not.toContain('😮');
  });

  it('are listed with the people in a dialog', async () => {
    const { features, theirs, openMenu, person } = await show();
    features.change(theirs, { reactions: [reactionOf('👍', [ada, me])] });
    await openMenu('Hello');
    await person.click(screen.getByRole('menuitem', { name: 'Who reacted' }));
    const dialog = await screen.findByRole('dialog', { name: 'Who reacted' });
    expect(
      within(dialog)
        .getAllByRole('listitem')
        .map((each) => each.textContent.trim()),
    ).toEqual([expect.stringContaining('Ada'), expect.stringContaining('you')]);
  });
});

describe('a reply', () => {
  const quoteOf = (parts: object) => ({
    author: bob,
    sent: new Date(),
    status: 'ready' as const,
    text: 'The question\nof all',
    id: 'quoted',
    ...parts,
  });

  it('quotes its message on one line and jumps to it', async () => {
    const { features, mine, theirs, row, person } = await show();
    features.findable = [{ ...theirs, key: 'quoted' }, theirs];
    features.change(mine, { replyTo: quoteOf({ id: theirs.key }) });
    const quote = await within(row('My answer')).findByRole('button', {
      name: 'In reply to Bob: The question of all',
    });
    await person.click(quote);
    await vi.waitFor(() => expect(row('Hello')).toHaveFocus());
  });

  it('says that its message was deleted, or is loading', async () => {
    const { features, mine, row } = await show();
    features.change(mine, { replyTo: quoteOf({ status: 'deleted', text: undefined }) });
    expect(await within(row('My answer')).findByText('Message deleted')).toBeVisible();
    features.change(mine, { replyTo: quoteOf({ status: 'loading', text: undefined }) });
    expect(await within(row('My answer')).findByText('Loading…')).toBeInTheDocument();
  });

  it('says so when its message cannot be found', async () => {
    const { features, mine, row, person } = await show();
    features.change(mine, { replyTo: quoteOf({}) });
    await person.click(await within(row('My answer')).findByRole('button', { name: /^In reply to/ }));
    expect(await screen.findByText('That message was deleted.')).toBeVisible();
  });
});

describe('an edit', () => {
  it('marks the message with its time', async () => {
    const { features, theirs, row } = await show();
    features.change(theirs, { editedAt: new Date(2026, 2, 14, 9, 5, 7) });
    const mark = await within(row('Hello')).findByTitle(/^Edited .*2026.*9\D05\D07/);
    expect(mark).toHaveTextContent('(edited)');
  });

  it('is shown before the server has confirmed it', async () => {
    const { features, mine, row } = await show();
    features.change(mine, { pendingText: 'My better answer' });
    expect(await screen.findByText('My better answer')).toBeVisible();
    expect(within(row('My better answer')).getByText('Saving…')).toBeInTheDocument();
  });

  it('has a history for moderators', async () => {
    const { features, theirs, openMenu, person } = await show({ roles: new Map([[me.id, 'owner']]) });
    features.change(theirs, { editedAt: new Date() });
    await openMenu('Hello');
    await person.click(screen.getByRole('menuitem', { name: 'Edit history' }));
    const dialog = await screen.findByRole('dialog', { name: 'Edit history' });
    expect(await within(dialog).findByText('the first text')).toBeVisible();
  });
});

describe('reports and blocks', () => {
  it('a report has an optional reason and is confirmed', async () => {
    const { features, openMenu, person } = await show();
    await openMenu('Hello');
    await person.click(screen.getByRole('menuitem', { name: 'Report…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Report this message' });
    await person.type(within(dialog).getByRole('textbox'), 'rude{Enter}');
    expect(await screen.findByText('Thank you. The moderators will look at it.')).toBeVisible();
    expect(features.calls).toEqual([['report', 'rude']]);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('messages of a blocked person are one line until they are shown, and a block can be undone', async () => {
    const { openMenu, person, log } = await show();
    await openMenu('Hello');
    await person.click(screen.getByRole('menuitem', { name: 'Block Ada' }));
    await vi.waitFor(() => expect(within(log).queryByText('Hello')).not.toBeInTheDocument());
    expect(within(log).getByText('Message from a blocked person')).toBeVisible();
    await person.click(within(log).getByRole('button', { name: 'Show' }));
    expect(within(log).getByText('Hello')).toBeVisible();
    await person.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('You see messages by Ada again.')).toBeVisible();
  });
});

it('a message that mentions the reader is marked', async () => {
  const { features, theirs, row } = await show();
  features.change(theirs, { mentions: [{ name: 'Me', person: me, isMe: true }] });
  await vi.waitFor(() => expect(row('Hello')).toHaveAttribute('data-mentions-me'));
});

describe('the message field', () => {
  const field = () => screen.getByRole('textbox', { name: 'Message' });

  it('sends a reply to the chosen message', async () => {
    const onsend = vi.fn(() => Promise.resolve());
    const { openMenu, person, theirs } = await show({ onsend });
    await openMenu('Hello');
    await person.click(screen.getByRole('menuitem', { name: 'Reply' }));
    await vi.waitFor(() => expect(field()).toHaveFocus());
    expect(await screen.findByText(/Replying to/)).toBeVisible();
    await person.type(field(), 'Hi Ada{Enter}');
    expect(onsend).toHaveBeenCalledExactlyOnceWith('Hi Ada', theirs);
    await vi.waitFor(() => expect(screen.queryByText(/Replying to/)).not.toBeInTheDocument());
  });

  it('edits the last message of the reader with the up arrow', async () => {
    const { person, features } = await show();
    await person.click(field());
    await person.keyboard('{ArrowUp}');
    await vi.waitFor(() => expect(field()).toHaveValue('My answer'));
    await person.type(field(), ', corrected{Enter}');
    await vi.waitFor(() => expect(features.calls).toEqual([['edit', 'My answer, corrected']]));
    await vi.waitFor(() => expect(field()).toHaveValue(''));
  });

  it('keeps an edit that the server refuses', async () => {
    const { person, features, openMenu } = await show();
    features.refusal = new ReducerError('refused', 'You are muted for another 5 minutes');
    await openMenu('My answer');
    await person.click(screen.getByRole('menuitem', { name: 'Edit' }));
    await vi.waitFor(() => expect(field()).toHaveValue('My answer'));
    await person.type(field(), '!{Enter}');
    expect(await screen.findByText('You are muted for another 5 minutes')).toBeVisible();
    expect(field()).toHaveValue('My answer!');
  });
});
