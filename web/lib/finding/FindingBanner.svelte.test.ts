import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { ChatFeatures } from 'spacetimedb-stores/chat';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeFeatures } from '../../testing/fake-features.ts';
import { message, user } from '../../testing/fixtures.ts';
import FindingBanner from './FindingBanner.svelte';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];

/** Goes to an address without the event that a change of the hash causes. */
const openAt = (hash: string): void => history.replaceState(null, '', hash || location.pathname);
afterEach(() => openAt(''));

function show(features: ChatFeatures | undefined, onshow = vi.fn((_: string) => Promise.resolve(true))) {
  const props = {
    features,
    isLoaded: true,
    mayUnpin: false,
    unknownRoom: undefined as string | undefined,
    onshow,
  };
  const { rerender } = render(FindingBanner, props);
  return { onshow, update: (changed: Partial<typeof props>) => rerender({ ...props, ...changed }) };
}

describe('a link to a message', () => {
  it('is opened once the server has said that it can find messages', async () => {
    openAt('#m=abc-1');
    const { onshow, update } = show(undefined);
    expect(screen.getByRole('status')).toHaveTextContent('Opening the message…');
    expect(onshow).not.toHaveBeenCalled();
    await update({ features: new FakeFeatures(me) });
    expect(onshow).toHaveBeenCalledExactlyOnceWith('abc-1');
    await vi.waitFor(() => expect(screen.queryByRole('status')).not.toBeInTheDocument());
  });

  it('is opened when the address changes, but other addresses are ignored', async () => {
    const { onshow } = show(new FakeFeatures(me));
    openAt('#sign-in=abc');
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    openAt('#m=abc-2');
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    await vi.waitFor(() => expect(onshow).toHaveBeenLastCalledWith('abc-2'));
    expect(onshow.mock.calls.flat()).not.toContain('abc');
  });

  it('says that the message is gone', async () => {
    openAt('#m=abc-1');
    show(
      new FakeFeatures(me),
      vi.fn(() => Promise.resolve(false)),
    );
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('This message was deleted or is older than the room keeps.');
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(alert).not.toBeInTheDocument();
  });

  it('is tried again on request if it failed', async () => {
    openAt('#m=abc-1');
    const onshow = vi.fn(() => Promise.resolve(true));
    onshow.mockRejectedValueOnce(new Error('offline'));
    show(new FakeFeatures(me), onshow);
    await screen.findByText('Couldn’t open the message.');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await vi.waitFor(() => expect(screen.queryByRole('alert')).not.toBeInTheDocument());
    expect(onshow).toHaveBeenCalledTimes(2);
  });

  it('is not opened on a server with only the tutorial’s module', async () => {
    vi.useFakeTimers();
    openAt('#m=abc-1');
    show(undefined);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(screen.getByRole('alert')).toHaveTextContent('This server can’t find messages by a link.');
  });
});

it('shows the last pinned message, and jumps to it', async () => {
  const features = new FakeFeatures(me);
  const { onshow } = show(features);
  expect(screen.queryByRole('region')).not.toBeInTheDocument();
  const pins = [message(ada, 'Read the rules'), message(ada, 'Be kind')];
  features.pins.set(pins);
  const line = await screen.findByRole('region', { name: 'Pinned messages' });
  expect(line).toHaveTextContent(/Pinned: Ada Read the rules/);
  expect(screen.getByRole('button', { name: 'Show all 2 pinned messages' })).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: /Read the rules/ }));
  expect(onshow).toHaveBeenCalledExactlyOnceWith(pins[0]?.key);
});

it('says that the site does not list a room', async () => {
  const { update } = show(undefined);
  await update({ unknownRoom: 'attic' });
  expect(screen.getByRole('alert')).toHaveTextContent('There is no room “attic” here.');
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
});
