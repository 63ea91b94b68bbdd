import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { hostileTexts } from '../../tools/checks/hostile-texts.ts';
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

function show(connection: ConnectionText, nextRetryAt?: number) {
  const on = { onretry: vi.fn(), onnewperson: vi.fn() };
  const { rerender } = render(ConnectionBanner, { connection, nextRetryAt, ...on });
  return { ...on, update: rerender };
}

const banner = () => screen.queryByRole('region', { name: 'Connection' });

describe('a connection that recovers by itself', () => {
  beforeEach(() => void vi.useFakeTimers());

  it('shows no banner when it recovers quickly', async () => {
    const { update } = show(busy);
    await vi.advanceTimersByTimeAsync(300);
    await update({ connection: good });
    await vi.advanceTimersByTimeAsync(5000);
    expect(banner()).not.toBeInTheDocument();
  });

  it('shows a banner after a while, until it recovers', async () => {
    const { update } = show(busy);
    await vi.advanceTimersByTimeAsync(1000);
    expect(banner()).toHaveTextContent('It cannot be reached.');
    await update({ connection: good });
    expect(banner()).not.toBeInTheDocument();
  });

  it('keeps the banner across attempts', async () => {
    const { update } = show(busy);
    await vi.advanceTimersByTimeAsync(500);
    await update({ connection: { ...busy, detail: 'It was lost.' } });
    await vi.advanceTimersByTimeAsync(300);
    expect(banner()).toHaveTextContent('It was lost.');
    await update({ connection: { ...busy } });
    expect(banner()).toHaveTextContent('It cannot be reached.');
  });

  it('counts down to the next attempt', async () => {
    show(busy, Date.now() + 5000);
    await vi.advanceTimersByTimeAsync(1300);
    expect(banner()).toHaveTextContent('Next try in 4 s.');
    await vi.advanceTimersByTimeAsync(2000);
    expect(banner()).toHaveTextContent('Next try in 2 s.');
    await vi.advanceTimersByTimeAsync(2000);
    expect(banner()).not.toHaveTextContent('Next try');
  });
});

it('has a button to try at once', async () => {
  const { onretry, onnewperson } = show({ ...busy, tone: 'bad' });
  await userEvent.click(screen.getByRole('button', { name: 'Try now' }));
  expect(onretry).toHaveBeenCalledTimes(1);
  expect(onnewperson).not.toHaveBeenCalled();
});

it('creates a new identity only on click', async () => {
  const { onretry, onnewperson } = show(bad);
  expect(onnewperson).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Continue as a new person' }));
  expect(onnewperson).toHaveBeenCalledTimes(1);
  expect(onretry).not.toHaveBeenCalled();
});

it('shows no button when there is nothing to click for', () => {
  show({ brief: 'Disconnected', tone: 'bad', detail: 'It was closed.' });
  expect(banner()).toHaveTextContent('It was closed.');
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});

it.each(hostileTexts)('shows %j in its explanation as text', (text) => {
  show({ ...bad, detail: `There is no database “${text}”.` });
  const explanation = banner()?.querySelector('p');
  expect(explanation?.textContent).toContain(text);
  expect(explanation?.childElementCount).toBe(0);
});
