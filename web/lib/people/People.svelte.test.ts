import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { ChatUser } from 'spacetimedb-stores/chat';
import type { ComponentProps } from 'svelte';
import { user } from '../../testing/fixtures.ts';
import People from './People.svelte';

function show(users: readonly ChatUser[], props: Partial<ComponentProps<typeof People>> = {}) {
  const onopen = vi.fn();
  const { rerender } = render(People, { users, roles: new Map(), onopen, ...props });
  return { onopen, update: (changed: readonly ChatUser[]) => rerender({ users: changed }) };
}

/** The entries as screen readers read them. */
const names = (region: string) =>
  within(screen.getByRole('region', { name: region }))
    .queryAllByRole('listitem')
    .map((item) => {
      const read = item.cloneNode(true) as HTMLElement;
      for (const other of read.querySelectorAll('[aria-hidden]')) other.remove();
      return read.textContent.trim();
    });

it('lists online and offline people with their numbers', () => {
  const users = [user('Ada'), user('Bob', { online: false }), user('Cleo')];
  show(users);
  expect(names('Online 2')).toEqual(['Ada', 'Cleo']);
  expect(names('Offline 1')).toEqual(['Bob']);
});

it("marks the reader's own entry", () => {
  show([user('Ada'), user('Bob', { isMe: true })]);
  expect(names('Online 2')).toEqual([expect.stringMatching(/^Bob\s+you$/), 'Ada']);
});

it('shows people without a name under their guest name', () => {
  show([user(undefined, { id: 'c200abcd'.padEnd(64, '0') })]);
  expect(names('Online 1')).toEqual(['Warm Gecko']);
});

it('leaves out the offline list when it is empty', () => {
  show([user('Ada')]);
  expect(screen.queryByRole('region', { name: /Offline/ })).not.toBeInTheDocument();
});

it('updates when people join, leave or change their name', async () => {
  const bob = user('Bob', { online: false });
  const { update } = show([user('Ada'), bob]);
  await update([user('Ada'), { ...bob, name: 'Robert', label: 'Robert', online: true }]);
  expect(names('Online 2')).toEqual(['Ada', 'Robert']);
});

it('counts offline people without a name instead of listing them, unless they run the room', () => {
  const away = (digit: string) => user(undefined, { id: digit.repeat(64), online: false });
  const owner = away('b');
  show([user('Ada'), user('Bob', { online: false }), away('1'), away('2'), owner], {
    roles: new Map([[owner.id, 'owner']]),
  });
  expect(names('Offline 4')).toEqual(['Bob', expect.stringMatching(new RegExp(`^${owner.label}\\s+Owner$`))]);
  expect(screen.getByText('2 people without a name')).toBeVisible();
});

it('shows everyone who owns and moderates the room', () => {
  const [ada, bob, cleo] = [user('Ada'), user('Bob'), user('Cleo')];
  show([ada, bob, cleo], {
    roles: new Map([
      [ada.id, 'owner'],
      [cleo.id, 'moderator'],
    ]),
  });
  expect(names('Online 3')).toEqual([
    expect.stringMatching(/^Ada\s+Owner$/),
    'Bob',
    expect.stringMatching(/^Cleo\s+Moderator$/),
  ]);
});

it('opens the card of a person by click and by keyboard', async () => {
  const [ada, bob] = [user('Ada'), user('Bob')];
  const { onopen } = show([ada, bob]);
  await userEvent.click(screen.getByRole('button', { name: 'Ada' }));
  expect(onopen).toHaveBeenLastCalledWith(ada, screen.getByRole('button', { name: 'Ada' }));
  await userEvent.keyboard('{ArrowDown}{Enter}');
  expect(onopen).toHaveBeenLastCalledWith(bob, screen.getByRole('button', { name: 'Bob' }));
});

describe('long lists', () => {
  const crowd = Array.from({ length: 250 }, (_, i) =>
    user(`Person ${i}`, { id: i.toString(16).padStart(64, 'e') }),
  );

  it('can be searched by name and identity', async () => {
    show([...crowd, user('Émile Zola', { online: false, id: 'c200'.padEnd(64, '1') })]);
    const field = screen.getByRole('searchbox', { name: 'Search people' });
    await userEvent.type(field, 'éMILE');
    expect(names('Online 0')).toEqual([]);
    expect(names('Offline 1')).toEqual(['Émile Zola']);
    await userEvent.clear(field);
    await userEvent.type(field, 'c200');
    expect(names('Offline 1')).toEqual(['Émile Zola']);
    await userEvent.clear(field);
    await userEvent.type(field, 'nobody at all');
    expect(screen.getByText('No one matches “nobody at all”.')).toBeVisible();
  });

  it('are shown a hundred at a time', async () => {
    show(crowd);
    expect(names('Online 250')).toHaveLength(100);
    await userEvent.click(screen.getByText('Show more (150)'));
    expect(names('Online 250')).toHaveLength(200);
  });

  it('short lists have no search field', () => {
    show(crowd.slice(0, 10));
    expect(screen.queryByRole('searchbox')).not.toBeInTheDocument();
  });
});
