import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { ChatMessage } from 'spacetimedb-stores/chat';
import type { ComponentProps } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { message, user } from '../../tests/chat.ts';
import { layOut } from '../../tests/layout.ts';
import MessageList from './MessageList.svelte';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
let messages: ChatMessage[];
beforeEach(() => {
  messages = ['one', 'two', 'three'].map((text) => message(ada, text));
});

function show(props: Partial<ComponentProps<typeof MessageList>> = {}) {
  const base = {
    messages,
    phase: 'ready' as const,
    error: undefined,
    history: { loading: false, reachedStart: true },
    onloadolder: vi.fn(),
    ...props,
  };
  const { rerender, container } = render(MessageList, base);
  return {
    container,
    log: screen.getByRole('log', { name: 'Messages' }),
    update: rerender,
    onloadolder: base.onloadolder,
  };
}

describe('what it shows', () => {
  it('is every message, oldest first', () => {
    show();
    expect(screen.getAllByRole('article').map((item) => item.textContent.trim())).toEqual([
      expect.stringContaining('one'),
      expect.stringContaining('two'),
      expect.stringContaining('three'),
    ]);
  });

  it('says that there are no messages yet', () => {
    show({ messages: [] });
    expect(screen.getByText('No messages yet')).toBeVisible();
  });

  it('is busy while they are loading, and does not claim that there are none', () => {
    const { log } = show({ messages: [], phase: 'loading' });
    expect(log).toHaveAttribute('aria-busy', 'true');
    expect(screen.queryByText('No messages yet')).not.toBeInTheDocument();
  });

  it('is not busy while nothing will come', () => {
    const { log } = show({ messages: [], phase: 'loading', stuck: true });
    expect(log).toHaveAttribute('aria-busy', 'false');
    expect(screen.getByText('Nothing to show yet')).toBeVisible();
  });

  it('keeps the last known messages without a connection', () => {
    show({ phase: 'stale' });
    expect(screen.getAllByRole('article')).toHaveLength(3);
  });

  it('tells why they could not be loaded', () => {
    show({ messages: [], phase: 'failed', error: 'no such table: `message`' });
    expect(screen.getByText('no such table: `message`')).toBeVisible();
  });

  it('parts the days', () => {
    messages.push(message(ada, 'next day', { sent: new Date(2026, 2, 15, 9) }));
    const { container } = show();
    expect(container.textContent).toMatch(/14.*15/s);
  });
});

describe('what it announces', () => {
  beforeEach(() => void vi.useFakeTimers());

  it('is what arrives, but not what was there', async () => {
    const { log, update } = show({ messages: [], phase: 'loading' });
    expect(log).toHaveAttribute('aria-live', 'off');
    await update({ messages, phase: 'ready' });
    expect(log).toHaveAttribute('aria-live', 'off');
    await vi.advanceTimersByTimeAsync(1000);
    expect(log).toHaveAttribute('aria-live', 'polite');
    await update({ messages: [...messages, message(ada, 'four')] });
    expect(log).toHaveAttribute('aria-live', 'polite');
  });

  it('is not what was missed while the connection was lost', async () => {
    const { log, update } = show();
    await vi.advanceTimersByTimeAsync(1000);
    await update({ phase: 'stale' });
    expect(log).toHaveAttribute('aria-live', 'off');
    await update({ phase: 'ready', messages: [...messages, message(ada, 'four')] });
    expect(log).toHaveAttribute('aria-live', 'off');
  });

  it('is not what is older', async () => {
    const { log, update } = show();
    await vi.advanceTimersByTimeAsync(1000);
    await update({ history: { loading: true, reachedStart: false } });
    expect(log).toHaveAttribute('aria-live', 'off');
  });
});

describe('where it stands', () => {
  /** Every message is as high as the view. */
  function showLaidOut() {
    const view = show();
    const { log } = view;
    const resized = layOut(log, 100, () => 100 * screen.queryAllByRole('article').length);
    const update: typeof view.update = async (props) => {
      await view.update(props);
      resized();
    };
    return { log, update, end: () => log.scrollHeight - log.clientHeight };
  }

  it('is the end, also when more arrives', async () => {
    const { log, update, end } = showLaidOut();
    expect(log.scrollTop).toBe(200);
    await update({ messages: [...messages, message(ada, 'four')] });
    expect(end()).toBe(300);
    expect(log.scrollTop).toBe(300);
  });

  it('is where someone has scrolled up to, whatever arrives', async () => {
    const { log, update } = showLaidOut();
    log.scrollTop = 50;
    await update({ messages: [...messages, message(ada, 'four')] });
    expect(log.scrollTop).toBe(50);
  });

  it('is the end again for who scrolls back', async () => {
    const { log, update, end } = showLaidOut();
    log.scrollTop = 50;
    log.scrollTop = 200;
    await update({ messages: [...messages, message(ada, 'four')] });
    expect(log.scrollTop).toBe(end());
  });

  it('is the end although something arrives between a scroll and its event', async () => {
    const { log, update, end } = showLaidOut();
    const more = [...messages, message(ada, 'four')];
    // The view has followed, the event is still to come, and the content is higher again.
    const seen = log.scrollTop;
    await update({ messages: more });
    expect(log.scrollTop).toBeGreaterThan(seen);
    Object.defineProperty(log, 'scrollHeight', { configurable: true, get: () => 900 });
    log.dispatchEvent(new Event('scroll'));
    expect(end()).toBe(800);
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });

  it('is the end for who writes', async () => {
    const { log, update, end } = showLaidOut();
    log.scrollTop = 50;
    await update({ messages: [...messages, message(me, 'four')] });
    expect(log.scrollTop).toBe(end());
  });

  it('counts what has arrived below, and goes there', async () => {
    const { log, update, end } = showLaidOut();
    log.scrollTop = 50;
    expect(await screen.findByRole('button', { name: 'Latest messages' })).toBeVisible();
    const more = [...messages, message(ada, 'four')];
    await update({ messages: more });
    expect(screen.getByRole('button', { name: '1 new message' })).toBeVisible();
    await update({ messages: [...more, message(ada, 'five')] });
    await userEvent.click(screen.getByRole('button', { name: '2 new messages' }));
    expect(log.scrollTop).toBe(end());
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });

  it('is the same message when older ones are put in above it', async () => {
    const { log, update } = showLaidOut();
    log.scrollTop = 20;
    await update({ messages: [message(ada, 'zero', { sent: new Date(2026, 2, 13) }), ...messages] });
    expect(log.scrollTop).toBe(120);
  });
});

describe('older messages', () => {
  it('are asked for at a click', async () => {
    const { onloadolder } = show({ history: { loading: false, reachedStart: false } });
    await userEvent.click(screen.getByRole('button', { name: 'Show earlier messages' }));
    expect(onloadolder).toHaveBeenCalledTimes(1);
  });

  it('are not asked for twice', async () => {
    const { onloadolder } = show({ history: { loading: true, reachedStart: false } });
    await userEvent.click(screen.getByRole('button', { name: 'Loading…' }));
    expect(onloadolder).not.toHaveBeenCalled();
  });

  it('are not offered where there are none', () => {
    show();
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });
});
