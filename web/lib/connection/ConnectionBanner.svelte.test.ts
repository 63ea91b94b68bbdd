import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionText } from './connection-text.ts';
import ConnectionBanner from './ConnectionBanner.svelte';

const good: ConnectionText = { brief: 'Connected', tone: 'good' };
const busy: ConnectionText = {
  brief: 'Reconnecting…',
  tone: 'busy',
  detail: 'It cannot be reached.',
  remedy: 'retry',
};
const bad: ConnectionText = {
  brief: 'Sign-in refused',
  tone: 'bad',
  detail: 'It refuses you.',
  remedy: 'new-person',
};

function show(words: ConnectionText, nextRetryAt?: number) {
  const on = { onretry: vi.fn(), onnewperson: vi.fn() };
  const { rerender } = render(ConnectionBanner, { words, nextRetryAt, ...on });
  return { ...on, update: rerender };
}

const banner = () => screen.queryByRole('region', { name: 'Connection' });

describe('a connection that mends itself', () => {
  beforeEach(() => void vi.useFakeTimers());

  it('is not mentioned when it is soon back', async () => {
    const { update } = show(busy);
    await vi.advanceTimersByTimeAsync(300);
    await update({ words: good });
    await vi.advanceTimersByTimeAsync(5000);
    expect(banner()).not.toBeInTheDocument();
  });

  it('is explained when it takes its time, until it is back', async () => {
    const { update } = show(busy);
    await vi.advanceTimersByTimeAsync(1000);
    expect(banner()).toHaveTextContent('It cannot be reached.');
    await update({ words: good });
    expect(banner()).not.toBeInTheDocument();
  });

  it('goes on being explained from one try to the next', async () => {
    const { update } = show(busy);
    await vi.advanceTimersByTimeAsync(500);
    await update({ words: { ...busy, detail: 'It was lost.' } });
    await vi.advanceTimersByTimeAsync(300);
    expect(banner()).toHaveTextContent('It was lost.');
    await update({ words: { ...busy } });
    expect(banner()).toHaveTextContent('It cannot be reached.');
  });

  it('counts down to the next try', async () => {
    show(busy, Date.now() + 5000);
    await vi.advanceTimersByTimeAsync(1300);
    expect(banner()).toHaveTextContent('Next try in 4 s.');
    await vi.advanceTimersByTimeAsync(2000);
    expect(banner()).toHaveTextContent('Next try in 2 s.');
    await vi.advanceTimersByTimeAsync(2000);
    expect(banner()).not.toHaveTextContent('Next try');
  });
});

it('has a button for trying now', async () => {
  const { onretry, onnewperson } = show({ ...busy, tone: 'bad' });
  await userEvent.click(screen.getByRole('button', { name: 'Try now' }));
  expect(onretry).toHaveBeenCalledTimes(1);
  expect(onnewperson).not.toHaveBeenCalled();
});

it('makes someone a new person only at a click', async () => {
  const { onretry, onnewperson } = show(bad);
  expect(onnewperson).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Continue as a new person' }));
  expect(onnewperson).toHaveBeenCalledTimes(1);
  expect(onretry).not.toHaveBeenCalled();
});

it('has no button where none would help', () => {
  show({ brief: 'Disconnected', tone: 'bad', detail: 'It was closed.' });
  expect(banner()).toHaveTextContent('It was closed.');
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});
