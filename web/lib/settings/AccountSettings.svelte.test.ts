import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { ConnectionError, type Connection, type ConnectionStatus } from 'spacetimedb-stores';
import { readable, writable } from 'svelte/store';
import { expect, it, vi } from 'vitest';
import type { DbConnection } from '../../module_bindings/index.ts';
import { user } from '../../testing/fixtures.ts';
import AccountSettings from './AccountSettings.svelte';

const KEY = 'aaa.bbb.ccc';
const OWN = 'own.own.own';

/** A connection whose server accepts some keys. `trying` is its status meanwhile. */
function connectionTo(
  accepted: readonly string[],
  trying: ConnectionStatus = { status: 'connecting', attempt: 1 },
) {
  const status = writable<ConnectionStatus>({ status: 'connected', attempt: 0 });
  const useToken = vi.fn((token: string) => {
    status.set(trying);
    queueMicrotask(() =>
      status.set(
        accepted.includes(token)
          ? { status: 'connected', attempt: 0 }
          : { status: 'rejected', attempt: 1, error: new ConnectionError('token-rejected', 'Invalid token') },
      ),
    );
  });
  const connection = {
    status,
    token: { ...readable(OWN), get: () => OWN },
    useToken,
    call: vi.fn(() => Promise.resolve()),
    resetIdentity: vi.fn(),
  };
  return connection as unknown as Connection<DbConnection> & typeof connection;
}

async function importKey(connection: Connection<DbConnection>) {
  const onswitched = vi.fn();
  render(AccountSettings, { me: user('Ada', { isMe: true }), connection, onswitched });
  await userEvent.click(screen.getByRole('button', { name: 'Use another key' }));
  const field = screen.getByRole('textbox', { name: 'Sign-in key' });
  await userEvent.type(field, `${KEY}{Enter}`);
  return { field, onswitched };
}

it('switches to the identity of a key that the server accepts', async () => {
  const connection = connectionTo([KEY]);
  const { onswitched } = await importKey(connection);
  await vi.waitFor(() => expect(onswitched).toHaveBeenCalledOnce());
  expect(connection.useToken.mock.calls).toEqual([[KEY]]);
});

it.each([
  ['a first connection', { status: 'connecting', attempt: 1 }],
  ['a connection that was lost before', { status: 'reconnecting', attempt: 3 }],
] as const)(
  'on %s, shows at the field that the server refuses a key, and keeps the identity',
  async (_, trying) => {
    const connection = connectionTo([OWN], trying);
    const { field, onswitched } = await importKey(connection);
    await vi.waitFor(() => expect(field).toHaveAccessibleDescription(/The server doesn’t accept this key/));
    expect(field).toHaveValue(KEY);
    expect(onswitched).not.toHaveBeenCalled();
    expect(connection.useToken.mock.calls).toEqual([[KEY], [OWN]]);
  },
);

it('releases the name on signing out, and reports that the identity has changed', async () => {
  const connection = connectionTo([]);
  const onswitched = vi.fn();
  render(AccountSettings, { me: user('Ada', { isMe: true }), connection, onswitched });
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  await userEvent.click(screen.getByRole('button', { name: 'Sign out and forget this identity' }));
  await vi.waitFor(() => expect(onswitched).toHaveBeenCalledOnce());
  expect(connection.call).toHaveBeenCalledOnce();
  expect(connection.resetIdentity).toHaveBeenCalledOnce();
});
