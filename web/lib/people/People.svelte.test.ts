import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { user } from '../../testing/fixtures.ts';
import People from './People.svelte';

/** The entries as screen readers read them. */
const names = (region: string) =>
  within(screen.getByRole('region', { name: region }))
    .queryAllByRole('listitem')
    .map((item) => {
      const read = item.cloneNode(true) as HTMLElement;
      for (const other of read.querySelectorAll('[aria-hidden], button')) other.remove();
      return read.textContent.trim();
    });

it('lists online and offline people with their numbers', () => {
  const users = [user('Ada'), user('Bob', { online: false }), user('Cleo')];
  render(People, { users });
  expect(names('Online 2')).toEqual(['Ada', 'Cleo']);
  expect(names('Offline 1')).toEqual(['Bob']);
});

it("marks the reader's own entry", () => {
  render(People, { users: [user('Ada'), user('Bob', { isMe: true })] });
  expect(names('Online 2')).toEqual([expect.stringMatching(/^Bob\s+you$/), 'Ada']);
});

it('shows people without a name under their guest name', () => {
  render(People, { users: [user(undefined, { id: 'c200abcd'.padEnd(64, '0') })] });
  expect(names('Online 1')).toEqual(['Warm Gecko']);
});

it('leaves out the offline list when it is empty', () => {
  render(People, { users: [user('Ada')] });
  expect(screen.queryByRole('region', { name: /Offline/ })).not.toBeInTheDocument();
});

it('updates when people join, leave or change their name', async () => {
  const bob = user('Bob', { online: false });
  const { rerender } = render(People, { users: [user('Ada'), bob] });
  await rerender({ users: [user('Ada'), { ...bob, name: 'Robert', label: 'Robert', online: true }] });
  expect(names('Online 2')).toEqual(['Ada', 'Robert']);
});

describe('identities', () => {
  it('are shown shortened and copied in full', async () => {
    const person = userEvent.setup();
    const copied = vi.spyOn(navigator.clipboard, 'writeText');
    const ada = user('Ada', { id: 'c200abcd'.padEnd(64, '7') });
    render(People, { users: [ada] });
    const button = screen.getByRole('button', { name: /^Copy the identity of Ada/ });
    expect(button).toHaveTextContent(/^c200abcd$/);
    await person.click(button);
    expect(copied).toHaveBeenCalledExactlyOnceWith(ada.id);
    await vi.waitFor(() => expect(button).toHaveTextContent('Copied'));
  });

  it('report a failed copy', async () => {
    const person = userEvent.setup();
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('forbidden'));
    render(People, { users: [user('Ada')] });
    const button = screen.getByRole('button', { name: /^Copy the identity of Ada/ });
    await person.click(button);
    await vi.waitFor(() => expect(button).toHaveTextContent('Not copied'));
  });
});

describe('long lists', () => {
  const crowd = Array.from({ length: 250 }, (_, i) =>
    user(`Person ${i}`, { id: i.toString(16).padStart(64, 'e') }),
  );

  it('can be searched by name and identity', async () => {
    render(People, { users: [...crowd, user('Émile Zola', { online: false, id: 'c200'.padEnd(64, '1') })] });
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
    render(People, { users: crowd });
    expect(names('Online 250')).toHaveLength(100);
    await userEvent.click(screen.getByRole('button', { name: 'Show more (150)' }));
    expect(names('Online 250')).toHaveLength(200);
  });

  it('short lists have no search field', () => {
    render(People, { users: crowd.slice(0, 10) });
    expect(screen.queryByRole('searchbox')).not.toBeInTheDocument();
  });
});
