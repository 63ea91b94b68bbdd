import { render, screen, within } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { user } from '../../tests/chat.ts';
import People from './People.svelte';

/** The entries as they are read out. */
const names = (region: string) =>
  within(screen.getByRole('region', { name: region }))
    .getAllByRole('listitem')
    .map((item) => {
      const read = item.cloneNode(true) as HTMLElement;
      for (const hidden of read.querySelectorAll('[aria-hidden]')) hidden.remove();
      return read.textContent.trim();
    });

it('lists who is online and who is not, with how many they are', () => {
  const users = [user('Ada'), user('Bob', { online: false }), user('Cleo')];
  render(People, { users });
  expect(names('Online 2')).toEqual(['Ada', 'Cleo']);
  expect(names('Offline 1')).toEqual(['Bob']);
});

it('marks your own entry', () => {
  render(People, { users: [user('Ada'), user('Bob', { isMe: true })] });
  expect(names('Online 2')).toEqual([expect.stringMatching(/^Bob\s+you$/), 'Ada']);
});

it('shows someone without a name by their identity', () => {
  render(People, { users: [user(undefined, { id: 'c200abcd'.padEnd(64, '0') })] });
  expect(names('Online 1')).toEqual(['c200abcd']);
});

it('leaves out who is offline when nobody is', () => {
  render(People, { users: [user('Ada')] });
  expect(screen.queryByRole('region', { name: /Offline/ })).not.toBeInTheDocument();
});

it('follows who comes, goes and is renamed', async () => {
  const bob = user('Bob', { online: false });
  const { rerender } = render(People, { users: [user('Ada'), bob] });
  await rerender({ users: [user('Ada'), { ...bob, name: 'Robert', label: 'Robert', online: true }] });
  expect(names('Online 2')).toEqual(['Ada', 'Robert']);
});

it('claims nothing while the people are not known yet', () => {
  render(People, { users: [], loading: true });
  expect(screen.queryByRole('region')).not.toBeInTheDocument();
});
