import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { ComponentProps } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { message, user } from '../../tests/chat.ts';
import ChatView from './ChatView.svelte';

const [me, ada] = [user('Me', { isMe: true }), user('Ada', { online: false })];

function show(props: Partial<ComponentProps<typeof ChatView>> = {}) {
  return render(ChatView, {
    room: 'lobby',
    server: 'chat.example.com',
    status: { state: 'connected', attempt: 0 },
    messages: [message(ada, 'Hello')],
    phase: 'ready',
    error: undefined,
    history: { loading: false, reachedStart: true },
    users: [me, ada],
    me,
    onsend: () => Promise.resolve(),
    onrename: () => Promise.resolve(),
    onloadolder: vi.fn(),
    onretry: vi.fn(),
    onnewperson: vi.fn(),
    ...props,
  });
}

it('has the room, the state of the connection, the messages, the people and a field to write in', () => {
  show();
  expect(screen.getByRole('heading', { level: 1, name: 'lobby' })).toBeVisible();
  expect(screen.getByRole('status')).toHaveTextContent('Connected');
  expect(within(screen.getByRole('log')).getByText('Hello')).toBeVisible();
  expect(within(screen.getByRole('complementary', { name: 'People' })).getByText('Ada')).toBeInTheDocument();
  expect(screen.getByRole('textbox', { name: 'Message' })).toBeVisible();
});

it.each([
  ['connecting', 'Connecting…'],
  ['reconnecting', 'Reconnecting…'],
  ['offline', 'Offline'],
  ['rejected', 'Sign-in refused'],
  ['closed', 'Disconnected'],
] as const)('says in words that it is %s', (state, words) => {
  show({ status: { state, attempt: 1 } });
  expect(screen.getByRole('status')).toHaveTextContent(words);
});

describe('before anything is known', () => {
  const unknown = { messages: [], users: [], me: undefined };

  it('waits without claiming anything', () => {
    show({ ...unknown, status: { state: 'connecting', attempt: 0 }, phase: 'loading' });
    expect(screen.queryByText('No messages yet')).not.toBeInTheDocument();
    expect(screen.queryByRole('region', { name: /Online/ })).not.toBeInTheDocument();
  });

  it('explains a database that does not exist', () => {
    show({
      ...unknown,
      status: { state: 'reconnecting', problem: 'unknown-database', attempt: 1 },
      phase: 'loading',
    });
    expect(screen.getByRole('region', { name: 'Connection' })).toHaveTextContent(
      'chat.example.com has no database called “lobby”.',
    );
    expect(screen.getByText('Nothing to show yet')).toBeVisible();
  });

  it('explains settings that cannot work in place of the messages', () => {
    show({
      ...unknown,
      status: { state: 'idle', attempt: 0 },
      phase: 'idle',
      settingsProblem: 'No such server.',
    });
    expect(screen.getByText('No such server.')).toBeVisible();
    expect(screen.getByRole('status')).toHaveTextContent('Not connected');
  });
});

it('keeps what is being written through every change of the connection', async () => {
  const { rerender } = show({ status: { state: 'connecting', attempt: 0 } });
  const field = screen.getByRole('textbox', { name: 'Message' });
  await userEvent.type(field, 'half a sen');
  await rerender({ status: { state: 'connected', attempt: 0 } });
  await rerender({ status: { state: 'reconnecting', attempt: 1 }, phase: 'stale' });
  expect(field).toHaveValue('half a sen');
  expect(field).toHaveFocus();
});

it('opens the people on a narrow screen, and closes them with Escape', async () => {
  show();
  const button = screen.getByRole('button', { name: /^People 1 online$/ });
  expect(button).toHaveAttribute('aria-expanded', 'false');
  await userEvent.click(button);
  expect(button).toHaveAttribute('aria-expanded', 'true');
  expect(document.getElementById(button.getAttribute('aria-controls') ?? '')).toContainElement(
    screen.getByText('Offline'),
  );
  await userEvent.keyboard('{Escape}');
  expect(button).toHaveAttribute('aria-expanded', 'false');
  expect(button).toHaveFocus();
});
