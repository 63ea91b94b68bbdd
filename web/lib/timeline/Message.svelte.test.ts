import { NotConnectedError, ReducerError, UnknownOutcomeError } from 'spacetimedb-stores';
import { fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import Message from './Message.svelte';

const ada = user('Ada');
const sent = new Date(2026, 2, 14, 9, 5, 7);

it('shows the author, the text and the time, and the exact time on hovering', async () => {
  render(Message, { message: message(ada, 'Hello', { sent }), withAuthor: true });
  expect(screen.getByText('Ada')).toBeVisible();
  expect(screen.getByText('Hello')).toBeVisible();
  const time = screen.getByText(/9\D05/);
  expect(time).toHaveAttribute('datetime', sent.toISOString());
  await fireEvent.pointerEnter(time);
  expect(time).toHaveAttribute('title', expect.stringMatching(/2026.*9\D05\D07/));
});

it('names the author to screen readers even where the name is only shown above', () => {
  render(Message, { message: message(ada, 'Hello', { sent }), withAuthor: false });
  expect(screen.getByRole('article')).toHaveTextContent(/^Ada.*Hello$/);
  expect(screen.getByText('Ada').closest('[aria-hidden]')).toBeNull();
  expect(screen.getByText(/9\D05/)).toBeInTheDocument();
});

it("marks the reader's own messages", () => {
  const { rerender } = render(Message, { message: message(ada, 'Hello'), withAuthor: true });
  expect(screen.queryByText('you')).not.toBeInTheDocument();
  return rerender({ message: message({ ...ada, isMe: true }, 'Hello'), withAuthor: true }).then(() =>
    expect(screen.getByText('you')).toBeVisible(),
  );
});

it('keeps line breaks and sets the text direction from the text', () => {
  const { container } = render(Message, { message: message(ada, 'one\n  two'), withAuthor: true });
  const text = container.querySelector('[dir="auto"]');
  expect(text?.textContent).toBe('one\n  two');
});

it('shows markup as plain text', () => {
  render(Message, { message: message(ada, '<img src=x onerror=alert(1)>'), withAuthor: true });
  expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
  expect(screen.queryByRole('img')).not.toBeInTheDocument();
});

it('links web addresses and nothing else', () => {
  render(Message, {
    message: message(ada, 'See https://example.com/a?b=c. Not javascript:alert(1)'),
    withAuthor: true,
  });
  const link = screen.getByRole('link');
  expect(link).toHaveTextContent(/^https:\/\/example\.com\/a\?b=c$/);
  expect(link).toHaveAttribute('href', 'https://example.com/a?b=c');
  expect(link).toHaveAttribute('rel', expect.stringContaining('noopener'));
});

it('shows the time of a recent message without its age', () => {
  render(Message, { message: message(ada, 'Hello', { sent: new Date() }), withAuthor: true });
  expect(screen.getByRole('time').textContent).not.toMatch(/now|·/);
});

it('opens the card of the author by name and by avatar', async () => {
  const onauthor = vi.fn();
  const { container } = render(Message, { message: message(ada, 'Hello'), withAuthor: true, onauthor });
  const name = screen.getByRole('button', { name: 'Ada' });
  await userEvent.click(name);
  expect(onauthor).toHaveBeenLastCalledWith(ada, name);
  const avatar = container.querySelector<HTMLElement>('button[aria-hidden]');
  await userEvent.click(avatar ?? container);
  expect(onauthor).toHaveBeenLastCalledWith(ada, avatar);
  // One of them is enough for keyboards.
  expect(avatar?.tabIndex).toBe(-1);
});

it('folds a very long message and unfolds it on click', async () => {
  const { container } = render(Message, { message: message(ada, 'x'.repeat(100_000)), withAuthor: true });
  expect(container.textContent.length).toBeLessThan(5000);
  await userEvent.click(screen.getByRole('button', { name: 'Show all 100,000 characters' }));
  expect(container.textContent.length).toBeGreaterThan(100_000);
});

describe("the reader's own message", () => {
  const mine = message({ ...ada, isMe: true }, 'Hello');

  it('is busy until the server confirms it', () => {
    render(Message, { message: { ...mine, status: 'pending' }, withAuthor: true });
    expect(screen.getByRole('article')).toHaveAttribute('aria-busy', 'true');
    expect(screen.getByText('Sending…')).toBeInTheDocument();
  });

  it.each([
    [new ReducerError('refused', 'Not so fast'), 'Not so fast'],
    [new NotConnectedError(), 'You’re not connected.'],
    [new UnknownOutcomeError(), 'it may have arrived anyway'],
  ])('explains why sending failed: %s', (error, expected) => {
    render(Message, { message: { ...mine, status: 'failed', error }, withAuthor: true });
    expect(screen.getByText(expected, { exact: false })).toHaveTextContent('Not sent.');
  });

  it('can be sent again or discarded after a failure', async () => {
    const [onresend, ondiscard] = [vi.fn(), vi.fn()];
    const failed = { ...mine, status: 'failed', error: new NotConnectedError() } as const;
    render(Message, { message: failed, withAuthor: true, onresend, ondiscard });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onresend).toHaveBeenCalledExactlyOnceWith(failed);
    await userEvent.click(screen.getByRole('button', { name: 'Discard' }));
    expect(ondiscard).toHaveBeenCalledExactlyOnceWith(failed);
  });
});
