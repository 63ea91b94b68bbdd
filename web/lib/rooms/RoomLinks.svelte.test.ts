import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import RoomLinks from './RoomLinks.svelte';

const rooms = [
  { database: 'lobby', title: 'Lobby' },
  { database: 'help', title: undefined },
  { database: 'music', title: 'Music' },
];

function show() {
  const onchoose = vi.fn((event?: unknown) => (event as Event | undefined)?.preventDefault());
  render(RoomLinks, {
    rooms,
    current: 'lobby',
    nameOf: ({ title, database }) => title ?? database,
    countOf: (database) =>
      database === 'help'
        ? { messages: 100, mentions: 2 }
        : { messages: database === 'lobby' ? 5 : 0, mentions: 0 },
    onchoose,
  });
  return { onchoose };
}

it('links to each room and shows unread counts of the others', () => {
  show();
  const links = screen.getAllByRole('link');
  expect(links.map((link) => link.getAttribute('href'))).toEqual([
    '?room=lobby',
    '?room=help',
    '?room=music',
  ]);
  expect(screen.getByRole('link', { name: 'Lobby' })).toHaveAttribute('aria-current', 'page');
  expect(
    screen.getByRole('link', { name: 'help , 2 mentions of you , 100 new messages' }),
  ).not.toHaveAttribute('aria-current');
  expect(screen.getByText('99+')).toBeInTheDocument();
});

it('the arrow keys move through the rooms', async () => {
  show();
  await userEvent.tab();
  expect(screen.getByRole('link', { name: 'Lobby' })).toHaveFocus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  expect(screen.getByRole('link', { name: 'Music' })).toHaveFocus();
});
