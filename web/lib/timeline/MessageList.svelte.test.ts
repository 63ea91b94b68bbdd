import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { ChatMessage } from 'spacetimedb-stores/chat';
import { tick, type ComponentProps } from 'svelte';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { chatSessionWith, deferred, liveStatus, message, user } from '../../testing/fixtures.ts';
import { layOut } from '../../testing/fake-layout.ts';
import { Unread } from '../session/unread.svelte.ts';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import MessageList from './MessageList.svelte';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
let messages: ChatMessage[];
beforeEach(() => {
  messages = ['one', 'two', 'three'].map((text) => message(ada, text));
});

type Exports = ReturnType<typeof MessageList>;

async function show(
  parts: Partial<ChatSession> = {},
  props: Omit<ComponentProps<typeof MessageList>, 'session'> = {},
) {
  const onloadolder = vi.fn(() => Promise.resolve());
  let session = chatSessionWith({ messages, onloadolder, ...parts });
  const { rerender, container, component } = render(MessageList, { session, ...props });
  // The virtual list measures itself before it renders rows.
  if (session.messages.length > 0) await screen.findAllByRole('article');
  return {
    container,
    log: screen.getByRole('log', { name: 'Messages' }),
    update: (changed: Partial<ChatSession>) => rerender({ session: (session = { ...session, ...changed }) }),
    onloadolder,
    list: component as unknown as Pick<Exports, 'wrote' | 'showMessage' | 'showFound'>,
  };
}

describe('rows', () => {
  it('shows every message, oldest first', async () => {
    await show();
    expect(screen.getAllByRole('article').map((item) => item.textContent.trim())).toEqual([
      expect.stringContaining('one'),
      expect.stringContaining('two'),
      expect.stringContaining('three'),
    ]);
  });

  it('says that there are no messages yet', async () => {
    await show({ messages: [] });
    expect(screen.getByText('No messages yet')).toBeVisible();
  });

  it('offers the link to an empty room', async () => {
    const person = userEvent.setup();
    await show({ messages: [] }, { inviteLink: 'https://chat.example.com/' });
    await person.click(screen.getByRole('button', { name: 'Copy invite link' }));
    expect(await navigator.clipboard.readText()).toBe('https://chat.example.com/');
  });

  it('moves in only the messages that have just arrived', async () => {
    const { log, update } = await show();
    const moving = () => [...log.querySelectorAll('.arriving')].map((row) => row.textContent);
    expect(moving()).toEqual([]);
    await update({ messages: [...messages, message(ada, 'four')] });
    await vi.waitFor(() => expect(moving()).toEqual([expect.stringContaining('four')]));
    await update({ messages: [message(ada, 'zero'), ...messages] });
    expect(moving()).toEqual([]);
  });

  it.each(['loading', 'error'] as const)(
    'shows a pending message while the status of the history is %s',
    async (status) => {
      await show({
        messages: [message(me, 'mine', { status: 'pending' })],
        messagesStatus: liveStatus(status, 'no such table'),
      });
      expect(screen.getByRole('article')).toHaveTextContent('mine');
      expect(screen.queryAllByText('no such table')).toHaveLength(status === 'error' ? 1 : 0);
    },
  );

  it('is busy while messages load, and does not say that the room is empty', async () => {
    const { log } = await show({ messages: [], messagesStatus: liveStatus('loading') });
    expect(log).toHaveAttribute('aria-busy', 'true');
    expect(screen.queryByText('No messages yet')).not.toBeInTheDocument();
  });

  it('is not busy when nothing can load until someone fixes the connection', async () => {
    const { log } = await show({ messages: [], messagesStatus: liveStatus('loading') }, { stuck: true });
    expect(log).toHaveAttribute('aria-busy', 'false');
    expect(screen.getByText('Nothing to show yet')).toBeVisible();
  });

  it('ignores a scroll event that arrives after it was unmounted', async () => {
    const history = vi.fn(() => ({ isLoading: false, reachedStart: true, hiddenCount: 0 }));
    const session = Object.defineProperty(chatSessionWith({ messages }), 'history', { get: history });
    const { unmount } = render(MessageList, { session });
    await screen.findAllByRole('article');
    const log = screen.getByRole('log');
    log.remove();
    history.mockClear();
    log.dispatchEvent(new Event('scroll'));
    expect(history).not.toHaveBeenCalled();
    unmount();
  });

  it('keeps the last known messages while disconnected', async () => {
    await show({ messagesStatus: liveStatus('stale') });
    expect(screen.getAllByRole('article')).toHaveLength(3);
  });

  it('explains why messages could not be loaded', async () => {
    await show({ messages: [], messagesStatus: liveStatus('error', 'no such table: `message`') });
    expect(screen.getByText('no such table: `message`')).toBeVisible();
  });

  it('separates days', async () => {
    messages.push(message(ada, 'next day', { sent: new Date(2026, 2, 15, 9) }));
    const { container } = await show();
    expect(container.textContent).toMatch(/14.*15/s);
  });
});

const announced = () => document.querySelector('[aria-live="polite"]')?.textContent.trim() ?? '';

describe('announcements', () => {
  beforeEach(() => void vi.useFakeTimers());

  it('announces new messages by others, but not the first load', async () => {
    const { log, update } = await show({ messages: [], messagesStatus: liveStatus('loading') });
    await update({ messages, messagesStatus: liveStatus('ready') });
    await vi.advanceTimersByTimeAsync(1000);
    expect(announced()).toBe('');
    await update({ messages: [...messages, message(ada, 'four'), message(me, 'five')] });
    expect(announced()).toBe('Ada: four');
    // Rows are added by scrolling, so they must not be a live region.
    expect(log).toHaveAttribute('aria-live', 'off');
  });

  it('announces only the number when many messages arrive', async () => {
    const { update } = await show();
    await vi.advanceTimersByTimeAsync(1000);
    await update({ messages: [...messages, ...[1, 2, 3, 4].map((i) => message(ada, `more ${i}`))] });
    expect(announced()).toBe('4 new messages');
  });

  it('cuts a long name between whole characters', async () => {
    const { log, update } = await show();
    vi.advanceTimersByTime(1000);
    const long = user(`${'😀'.repeat(70)}\nend`);
    await update({ messages: [...messages, message(user('😀'.repeat(60)), 'four'), message(long, 'five')] });
    const said = [...document.querySelectorAll('[aria-live="polite"] p')].map((line) => line.textContent);
    expect(said).toEqual([`${'😀'.repeat(60)}: four`, `${'😀'.repeat(60)}…: five`]);
    expect(log.textContent).toContain(long.label);
  });

  it('does not announce messages missed while disconnected', async () => {
    const { update } = await show();
    await vi.advanceTimersByTimeAsync(1000);
    await update({ messagesStatus: liveStatus('stale') });
    await update({ messagesStatus: liveStatus('ready'), messages: [...messages, message(ada, 'four')] });
    expect(announced()).toBe('');
  });

  it('does not announce older messages', async () => {
    const { update } = await show();
    await vi.advanceTimersByTimeAsync(1000);
    await update({ messages: [message(ada, 'zero', { sent: new Date(2026, 2, 13) }), ...messages] });
    expect(announced()).toBe('');
  });

  it('reports new messages to the page', async () => {
    const onarrival = vi.fn();
    const { update } = await show({}, { onarrival });
    await vi.advanceTimersByTimeAsync(1000);
    const four = message(ada, 'four');
    await update({ messages: [...messages, four] });
    expect(onarrival).toHaveBeenCalledExactlyOnceWith([four]);
  });
});

describe('unread messages', () => {
  function scrolledUp(view: Awaited<ReturnType<typeof show>>): void {
    layOut(
      view.log,
      () => 100,
      () => 1000,
    );
    view.log.scrollTop = 900;
    view.log.scrollTop = 50;
  }

  it('counts and marks new messages below, and jumps to them on click', async () => {
    const view = await show();
    scrolledUp(view);
    expect(await screen.findByRole('button', { name: 'Latest messages' })).toBeVisible();
    const more = [...messages, message(ada, 'four')];
    await view.update({ messages: more });
    expect(screen.getByRole('button', { name: '1 new message' })).toBeVisible();
    await view.update({ messages: [...more, message(ada, 'five')] });
    expect(screen.getByText('New messages')).toBeInTheDocument();
    expect(view.log.scrollTop).toBe(50);
    await userEvent.click(screen.getByRole('button', { name: '2 new messages' }));
    expect(view.log.scrollTop).toBe(900);
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
    expect(view.log).toHaveFocus();
  });

  it('does not mark messages that arrive in view', async () => {
    const { update } = await show();
    await update({ messages: [...messages, message(ada, 'four')] });
    expect(screen.queryByText('New messages')).not.toBeInTheDocument();
  });

  it('clears the marker when the reader writes', async () => {
    const view = await show();
    scrolledUp(view);
    await view.update({ messages: [...messages, message(ada, 'four')] });
    expect(screen.getByText('New messages')).toBeInTheDocument();
    view.list.wrote();
    await vi.waitFor(() => expect(screen.queryByText('New messages')).not.toBeInTheDocument());
    expect(view.log.scrollTop).toBe(900);
  });
});

describe('presence events', () => {
  const [joined, renamed] = [
    { key: 'change-1', change: 'joined', person: user('Bob'), was: undefined, sent: new Date(), after: 0 },
    {
      key: 'change-2',
      change: 'renamed',
      person: user('Robert'),
      was: 'Bob',
      sent: new Date(),
      after: Infinity,
    },
  ] as const;

  it('appear between the messages', async () => {
    const { log } = await show(
      {},
      {
        changes: [{ ...joined, after: messages[0]?.sent.getTime() ?? 0 }, renamed],
      },
    );
    expect(log.textContent).toMatch(/one.*Bob joined.*two.*three.*Bob is now called Robert/s);
  });

  it('make the next message show its author again', async () => {
    const { log } = await show({}, { changes: [{ ...joined, after: messages[0]?.sent.getTime() ?? 0 }] });
    expect(log.querySelectorAll('bdi.person')).toHaveLength(2);
  });
});

describe('loading older messages', () => {
  it('starts before the first message comes into view', async () => {
    const { onloadolder } = await show({
      history: { isLoading: false, reachedStart: false, hiddenCount: 0 },
    });
    await vi.waitFor(() => expect(onloadolder).toHaveBeenCalledTimes(1));
  });

  it('does not start far from the first message, but when it comes near', async () => {
    const history = { isLoading: true, reachedStart: false, hiddenCount: 0 };
    const { log, onloadolder, update } = await show({ history });
    layOut(
      log,
      () => 100,
      () => 1000,
    );
    log.scrollTop = 800;
    await update({ history: { ...history, isLoading: false } });
    await tick();
    expect(onloadolder).not.toHaveBeenCalled();
    log.scrollTop = 90;
    expect(onloadolder).toHaveBeenCalledTimes(1);
  });

  it('unloads older messages when there are many, except while someone reads them', async () => {
    const many = Array.from({ length: 1_001 }, (_, i) => message(ada, `text ${i}`));
    const onunloadolder = vi.fn();
    const view = await show({ messages: many.slice(1) }, { onunloadolder });
    expect(onunloadolder).not.toHaveBeenCalled();
    layOut(
      view.log,
      () => 100,
      () => 1000,
    );
    view.log.scrollTop = 900;
    view.log.scrollTop = 50;
    await view.update({ messages: many });
    expect(onunloadolder).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: /Latest messages|new message/ }));
    await vi.waitFor(() => expect(onunloadolder).toHaveBeenCalled());
  });

  it.each([
    ['while they are on their way', { isLoading: true, reachedStart: false, hiddenCount: 0 }],
    ['where there are none', { isLoading: false, reachedStart: true, hiddenCount: 0 }],
  ])('does not start %s', async (_, history) => {
    const { log, onloadolder } = await show({ history });
    log.dispatchEvent(new Event('scroll'));
    await Promise.resolve();
    expect(onloadolder).not.toHaveBeenCalled();
  });

  it('can be retried after a failure', async () => {
    const onloadolder = vi.fn(() => Promise.reject(new Error('no')));
    await show({ history: { isLoading: false, reachedStart: false, hiddenCount: 0 }, onloadolder });
    const again = await screen.findByRole('button', { name: /Try again/ });
    expect(onloadolder).toHaveBeenCalledTimes(1);
    await userEvent.click(again);
    expect(onloadolder).toHaveBeenCalledTimes(2);
  });
});

describe('a jump to a message', () => {
  it('scrolls to it, focuses it, and hides the button to the end if the end is in view', async () => {
    const { list } = await show();
    const [first] = messages;
    expect(await list.showMessage(first?.key ?? '')).toBe(true);
    expect(screen.getAllByRole('article')[0]).toHaveFocus();
    expect(screen.queryByRole('button', { name: 'Latest messages' })).not.toBeInTheDocument();
  });

  it('waits for a message that has to be loaded, and unloads none meanwhile', async () => {
    const many = Array.from({ length: 1_001 }, (_, i) => message(ada, `text ${i}`));
    const older = message(ada, 'older', { sent: new Date(2026, 2, 1) });
    const onunloadolder = vi.fn();
    const { list, update } = await show({ messages: many.slice(1) }, { onunloadolder });
    const loading = deferred();
    const shown = list.showFound(() => loading.promise.then(() => older));
    await update({ messages: [older, ...many] });
    expect(onunloadolder).not.toHaveBeenCalled();
    loading.resolve();
    expect(await shown).toBe(true);
    expect(screen.getByText('older').closest('article')).toHaveFocus();
  });

  it('reports when the message does not exist', async () => {
    const { list } = await show();
    expect(await list.showMessage('another')).toBe(false);
    expect(await list.showFound(() => Promise.resolve(undefined))).toBe(false);
  });
});

it('keeps few rows in the DOM however many messages there are', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => message(ada, `text ${i}`));
  await show({ messages: many });
  await vi.waitFor(() => expect(screen.getAllByRole('article').length).toBeGreaterThan(5));
  expect(screen.getAllByRole('article').length).toBeLessThan(100);
});

it('counts messages as unread in a page opened in the background', async () => {
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  onTestFinished(() => hidden.mockRestore());
  const unread = new Unread();
  const { update } = await show({ unread });
  await update({ messages: [...messages, message(ada, 'four')] });
  expect(unread.unseen).toBe(1);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event('visibilitychange'));
  await vi.waitFor(() => expect(unread.unseen).toBe(0));
});
