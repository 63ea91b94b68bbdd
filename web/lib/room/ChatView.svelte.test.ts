import { fireEvent, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { ConnectionError } from 'spacetimedb-stores';
import type { ComponentProps } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chatSessionWith, liveStatus, message, user } from '../../testing/fixtures.ts';
import { FakeFeatures } from '../../testing/fake-features.ts';
import { FakeResizeObserver } from '../../testing/fake-layout.ts';
import { preferences } from '../settings/preferences.svelte.ts';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import ChatView from './ChatView.svelte';

const [me, ada] = [user('Me', { isMe: true }), user('Ada', { online: false })];

function show(parts: Partial<ChatSession> = {}, props: Partial<ComponentProps<typeof ChatView>> = {}) {
  let session = chatSessionWith({ messages: [message(ada, 'Hello')], users: [me, ada], me, ...parts });
  const { rerender } = render(ChatView, { room: 'lobby', server: 'chat.example.com', session, ...props });
  return {
    update: (changed: Partial<ChatSession>) => rerender({ session: (session = { ...session, ...changed }) }),
  };
}

it('shows the room, the connection status, the messages, the people and the message field', async () => {
  show();
  expect(screen.getByRole('heading', { level: 1, name: 'lobby' })).toBeVisible();
  expect(screen.getByRole('status')).toHaveTextContent('Connected');
  expect(await within(screen.getByRole('log')).findByText('Hello')).toBeVisible();
  expect(
    await within(screen.getByRole('complementary', { name: 'People' })).findByText('Ada'),
  ).toBeInTheDocument();
  expect(screen.getByRole('textbox', { name: 'Message' })).toBeVisible();
});

it('names the room as the site does, or else as its owner does, or else by its database', async () => {
  const { update } = show({ title: 'Lounge' });
  const heading = () => screen.getByRole('heading', { level: 1 });
  expect(heading()).toHaveTextContent('Lounge');
  await update({ title: undefined });
  expect(heading()).toHaveTextContent('lobby');
});

it("prefers the site's own name for the room", () => {
  show({ title: 'Lounge' }, { siteTitle: 'Support' });
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Support');
});

it('mentions an author from their card', async () => {
  show();
  await userEvent.click(await within(screen.getByRole('log')).findByRole('button', { name: 'Ada' }));
  const card = await screen.findByRole('dialog', { name: 'Ada' });
  await userEvent.click(within(card).getByRole('button', { name: 'Mention' }));
  await vi.waitFor(() => expect(screen.getByRole('textbox', { name: 'Message' })).toHaveValue('@Ada '));
  expect(screen.getByRole('textbox', { name: 'Message' })).toHaveFocus();
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
});

it('asks once for the message in the address, and moves the focus there', async () => {
  history.replaceState(null, '', '#m=sought');
  const features = new FakeFeatures(me);
  const sought = { ...message(ada, 'Look here'), key: 'sought' };
  features.findable = [sought];
  const find = vi.spyOn(features, 'find');
  show({ messages: [message(ada, 'Hello'), sought], features });
  await vi.waitFor(
    () => expect(within(screen.getByRole('log')).getByText('Look here').closest('article')).toHaveFocus(),
    60_000,
  );
  expect(find).toHaveBeenCalledExactlyOnceWith('sought');
  history.replaceState(null, '', location.pathname);
});

it.each([
  ['connecting', 'Connecting…'],
  ['reconnecting', 'Reconnecting…'],
  ['offline', 'Offline'],
  ['rejected', 'Sign-in refused'],
  ['closed', 'Disconnected'],
] as const)('names the status: %s', (status, expected) => {
  show({ status: { status, attempt: 1 } });
  expect(screen.getByRole('status')).toHaveTextContent(expected);
});

describe("on another server than the site's own", () => {
  it('names the server in full, to screen readers too, for as long as the page is open', async () => {
    const foreign = `chat.example.com.${'long-label.'.repeat(12)}evil.example:8443`;
    const { update } = show({}, { foreign });
    const mark = screen.getByText(
      (_, element) => element?.textContent?.startsWith(`on ${foreign}`) ?? false,
      {
        selector: 'header p',
      },
    );
    expect(mark).toBeVisible();
    expect(mark).toHaveTextContent('This is not the site’s own server.');
    await update({ status: { status: 'reconnecting', attempt: 1 }, messagesStatus: liveStatus('stale') });
    expect(mark).toBeVisible();
  });

  it("does not name the site's own server", () => {
    show();
    expect(screen.queryByText(/^on /)).not.toBeInTheDocument();
  });

  it('explains a server that is not allowed instead of showing messages, and offers the way back', async () => {
    const run = vi.fn();
    show(
      { messages: [], users: [], me: undefined, messagesStatus: liveStatus('idle') },
      { settingsProblem: 'This site does not use evil.example.', settingsRemedy: { label: 'Go back', run } },
    );
    expect(screen.getByText('This server is not allowed here')).toBeVisible();
    expect(screen.getByText('This site does not use evil.example.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Go back' }));
    expect(run).toHaveBeenCalledOnce();
  });
});

it('shows how many messages cannot be displayed', async () => {
  const { update } = show({ history: { isLoading: false, reachedStart: true, hiddenCount: 3 } });
  expect(screen.getByText('3 messages cannot be shown.')).toBeVisible();
  await update({ history: { isLoading: false, reachedStart: true, hiddenCount: 1 } });
  expect(screen.getByText('1 message cannot be shown.')).toBeVisible();
  await update({ history: { isLoading: false, reachedStart: true, hiddenCount: 0 } });
  expect(screen.queryByText(/cannot be shown/)).not.toBeInTheDocument();
});

describe('before the first data arrives', () => {
  const unknown = { messages: [], users: [], me: undefined };

  it('shows placeholders', () => {
    show({ ...unknown, status: { status: 'connecting', attempt: 0 }, messagesStatus: liveStatus('loading') });
    expect(screen.queryByText('No messages yet')).not.toBeInTheDocument();
    expect(screen.queryByRole('region', { name: /Online/ })).not.toBeInTheDocument();
  });

  it('explains that the database does not exist', () => {
    show({
      ...unknown,
      status: {
        status: 'reconnecting',
        error: new ConnectionError('unknown-database', 'No such database'),
        attempt: 1,
      },
      messagesStatus: liveStatus('loading'),
    });
    expect(screen.getByRole('region', { name: 'Connection' })).toHaveTextContent(
      'chat.example.com has no database called “lobby”.',
    );
    expect(screen.getByText('Nothing to show yet')).toBeVisible();
  });

  it('explains a misconfiguration instead of showing messages', () => {
    show(
      {
        ...unknown,
        status: { status: 'idle', attempt: 0 },
        messagesStatus: liveStatus('idle'),
      },
      { settingsProblem: 'No such server.' },
    );
    expect(screen.getByText('No such server.')).toBeVisible();
    expect(screen.getByRole('status')).toHaveTextContent('Not connected');
  });
});

it('keeps what is being typed through every change of the connection', async () => {
  const { update } = show({ status: { status: 'connecting', attempt: 0 } });
  const field = screen.getByRole('textbox', { name: 'Message' });
  await userEvent.type(field, 'half a sen');
  await update({ status: { status: 'connected', attempt: 0 } });
  await update({ status: { status: 'reconnecting', attempt: 1 }, messagesStatus: liveStatus('stale') });
  expect(field).toHaveValue('half a sen');
  expect(field).toHaveFocus();
});

it('opens the people on a narrow screen and closes them with Escape', async () => {
  show();
  const button = screen.getByRole('button', { name: /^People 1 Online$/ });
  expect(button).toHaveAttribute('aria-expanded', 'false');
  await userEvent.click(button);
  expect(button).toHaveAttribute('aria-expanded', 'true');
  expect(document.getElementById(button.getAttribute('aria-controls') ?? '')).toContainElement(
    await screen.findByText('Offline'),
  );
  // As in Safari after it ended a composition.
  await fireEvent.keyDown(document.body, { key: 'Escape', keyCode: 229 });
  expect(button).toHaveAttribute('aria-expanded', 'true');
  await userEvent.keyboard('{Escape}');
  expect(button).toHaveAttribute('aria-expanded', 'false');
  expect(button).toHaveFocus();
});

it('renders the people only if there is space for them or someone asks for them', async () => {
  vi.stubGlobal(
    'ResizeObserver',
    class extends FakeResizeObserver {
      override observe(target: Element): void {
        if (target.localName !== 'aside') super.observe(target);
      }
    },
  );
  show();
  await screen.findByText('Hello');
  await vi.dynamicImportSettled();
  expect(screen.queryByRole('region', { name: /Online/ })).not.toBeInTheDocument();
  await userEvent.keyboard('{Alt>}p{/Alt}');
  expect(await screen.findByRole('region', { name: /Online/ })).toBeInTheDocument();
});

it('shows presence events unless they are switched off', async () => {
  const { update } = show();
  const told = () => screen.queryAllByText(/is now called/);
  await update({ users: [me, { ...ada, name: 'Countess', label: 'Countess' }] });
  await vi.waitFor(() => expect(told()).toHaveLength(1));
  expect(told()[0]).toHaveTextContent('Ada is now called Countess');
  preferences.changes = false;
  await vi.waitFor(() => expect(told()).toHaveLength(0));
});

afterEach(() => {
  preferences.changes = true;
  preferences.keys = true;
});

describe('keyboard shortcuts', () => {
  it('are listed in a dialog that returns the focus on closing', async () => {
    show();
    await userEvent.keyboard('?');
    const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(within(dialog).getByText('Write a message')).toBeInTheDocument();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it.each([
    ['/', () => screen.getByRole('textbox', { name: 'Message' })],
    ['{Alt>}l{/Alt}', () => screen.getByRole('log')],
    ['{Alt>}n{/Alt}', () => screen.getByRole('textbox', { name: 'Your name' })],
  ])('%s moves the focus to the right place', async (key, target) => {
    show();
    await userEvent.keyboard(key);
    await vi.waitFor(() => expect(target()).toHaveFocus());
  });

  it('Alt+S opens the settings and Alt+P the people', async () => {
    show();
    await userEvent.keyboard('{Alt>}p{/Alt}');
    expect(screen.getByRole('button', { name: /^People/ })).toHaveAttribute('aria-expanded', 'true');
    await userEvent.keyboard('{Alt>}s{/Alt}');
    expect(await screen.findByRole('dialog', { name: 'Settings' })).toBeVisible();
  });

  it('open a dialog right after another one was closed', async () => {
    show();
    await userEvent.keyboard('{Alt>}s{/Alt}');
    const settings = await screen.findByRole('dialog', { name: 'Settings' });
    settings.removeAttribute('open');
    await userEvent.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  });

  it('do not react to typing in text fields', async () => {
    show();
    await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), 'snl?/p');
    expect(screen.getByRole('textbox', { name: 'Message' })).toHaveValue('snl?/p');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('work in text fields with Alt, except where Alt writes special characters', async () => {
    show();
    const field = screen.getByRole('textbox', { name: 'Message' });
    await userEvent.click(field);
    vi.stubGlobal('navigator', Object.create(navigator, { platform: { value: 'MacIntel' } }));
    await userEvent.keyboard('{Alt>}l{/Alt}');
    expect(field).toHaveFocus();
    vi.unstubAllGlobals();
    await userEvent.keyboard('{Alt>}l{/Alt}');
    expect(screen.getByRole('log')).toHaveFocus();
  });

  it('can be switched off, and then their keys are typed', async () => {
    show();
    preferences.keys = false;
    await userEvent.keyboard('?/');
    expect(screen.getByRole('textbox', { name: 'Message' })).toHaveValue('?/');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });
});

describe('typing outside of a field', () => {
  it('goes into the message field, from the first letter on', async () => {
    show();
    await userEvent.keyboard('no shortcuts{Enter}');
    expect(screen.queryByRole('textbox', { name: 'Your name' })).not.toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: 'Message' })).toHaveFocus();
  });

  it('leaves the space bar to buttons and scrolling', async () => {
    show();
    await userEvent.keyboard(' ');
    expect(screen.getByRole('textbox', { name: 'Message' })).not.toHaveFocus();
  });
});
