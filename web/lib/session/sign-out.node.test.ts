import { expect, it, vi } from 'vitest';
import { signOut } from './sign-out.ts';

function fakeConnection(answer: Promise<void>) {
  const order: string[] = [];
  const call = vi.fn((run: (db: never) => Promise<unknown>) => {
    const reducers = { signOut: () => (order.push('release the name'), answer) };
    return run({ reducers } as never);
  });
  const resetIdentity = () => void order.push('forget the identity');
  return { connection: { call, resetIdentity } as never, order };
}

it('releases the name before the identity is forgotten', async () => {
  const { connection, order } = fakeConnection(Promise.resolve());
  await signOut(connection);
  expect(order).toEqual(['release the name', 'forget the identity']);
});

it('forgets the identity even if the server has no such reducer', async () => {
  const { connection, order } = fakeConnection(Promise.reject(new Error('no such reducer')));
  await signOut(connection);
  expect(order).toContain('forget the identity');
});
