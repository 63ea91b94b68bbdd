import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { message, user } from '../../tests/chat.ts';
import Message from './Message.svelte';

const ada = user('Ada');
const sent = new Date(2026, 2, 14, 9, 5, 7);

it('shows who wrote what, and when', () => {
  render(Message, { message: message(ada, 'Hello', { sent }), withAuthor: true });
  expect(screen.getByText('Ada')).toBeVisible();
  expect(screen.getByText('Hello')).toBeVisible();
  const time = screen.getByText(/9\D05/);
  expect(time).toHaveAttribute('datetime', sent.toISOString());
  expect(time).toHaveAttribute('title', expect.stringMatching(/2026.*9\D05\D07/));
});

it('names the author to screen readers where the eye sees them above', () => {
  render(Message, { message: message(ada, 'Hello', { sent }), withAuthor: false });
  expect(screen.getByText('Ada')).toHaveClass('sr-only');
  expect(screen.getByText(/9\D05/)).toBeInTheDocument();
});

it('marks your own', () => {
  const { rerender } = render(Message, { message: message(ada, 'Hello'), withAuthor: true });
  expect(screen.queryByText('you')).not.toBeInTheDocument();
  return rerender({ message: message({ ...ada, isMe: true }, 'Hello'), withAuthor: true }).then(() =>
    expect(screen.getByText('you')).toBeVisible(),
  );
});

it('keeps line breaks, and lets the text choose its direction', () => {
  const { container } = render(Message, { message: message(ada, 'one\n  two'), withAuthor: true });
  const text = container.querySelector('[dir="auto"]');
  expect(text?.textContent).toBe('one\n  two');
  expect(text).toHaveClass('whitespace-pre-wrap');
});

it('shows markup as the text that it is', () => {
  render(Message, { message: message(ada, '<img src=x onerror=alert(1)>'), withAuthor: true });
  expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
  expect(screen.queryByRole('img')).not.toBeInTheDocument();
});
