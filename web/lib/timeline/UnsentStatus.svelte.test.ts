import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import UnsentStatus from './UnsentStatus.svelte';

const me = user('Ada', { isMe: true });
const show = (retryInMs?: number) => {
  const ondiscard = vi.fn();
  const retryAt = retryInMs === undefined ? {} : { retryAt: new Date(Date.now() + retryInMs) };
  render(UnsentStatus, {
    message: message(me, 'Hello', { status: 'pending', ...retryAt }),
    onresend: () => {},
    ondiscard,
  });
  return ondiscard;
};

it('a message that is sent again soon shows as being sent', () => {
  show(2_000);
  expect(screen.getByText('Sending…')).toBeInTheDocument();
  expect(screen.queryByText(/Will send in/)).not.toBeInTheDocument();
});

it('a message that the server accepts only later says when, and can be discarded', async () => {
  const ondiscard = show(4.5 * 60_000);
  const text = screen.getByText('Will send in 5 minutes.');
  expect(screen.queryByText('Sending…')).not.toBeInTheDocument();
  const [discard] = screen.getAllByRole('button', { name: 'Discard', hidden: true });
  expect(text).toContainElement(discard ?? null);
  await userEvent.setup().click(discard as HTMLElement);
  expect(ondiscard).toHaveBeenCalledTimes(1);
});
