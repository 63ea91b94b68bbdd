import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { user } from '../../testing/fixtures.ts';
import Welcome from './Welcome.svelte';

function welcome() {
  const [onrename, onclose] = [vi.fn(() => Promise.resolve()), vi.fn()];
  const me = user(undefined, { isMe: true });
  render(Welcome, { me, takesFocus: false, onrename, onclose });
  return { onrename, onclose, person: userEvent.setup() };
}

it('asks for a name without taking the focus', async () => {
  const { onrename, onclose, person } = welcome();
  expect(screen.getByText('Welcome!')).toBeVisible();
  const field = screen.getByRole('textbox', { name: 'Your name' });
  expect(field).not.toHaveFocus();
  await person.type(field, 'Ada{Enter}');
  expect(onrename).toHaveBeenCalledExactlyOnceWith('Ada');
  expect(onclose).toHaveBeenCalledTimes(1);
});

it('can be skipped', async () => {
  const { onrename, onclose, person } = welcome();
  await person.click(screen.getByRole('button', { name: 'Stay anonymous' }));
  expect(onclose).toHaveBeenCalledTimes(1);
  expect(onrename).not.toHaveBeenCalled();
});

it('keeps its place until the server has identified the reader', () => {
  const { container } = render(Welcome, {
    me: undefined,
    takesFocus: false,
    onrename: () => Promise.resolve(),
    onclose: () => {},
  });
  expect(screen.getByText('Welcome!')).toBeVisible();
  expect(within(container).queryByRole('textbox')).not.toBeInTheDocument();
});
