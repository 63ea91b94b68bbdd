import { expect, it, vi } from 'vitest';
import { record, setUp } from '../test/set-up.ts';
import { mutation } from './index.ts';

it('says whether a call is in progress, why the last one failed, and what it returned', async () => {
  const { server, connection } = setUp();
  const rename = mutation(connection, async (db, name: string) => {
    await db.reducers.setName({ name });
    return name.length;
  });
  const { values } = record(rename);
  expect(await rename.run('Ann')).toBe(3);
  const { onCall } = server;
  server.onCall = () => ({ error: 'Names must not be empty' });
  await expect(rename.run('')).rejects.toThrow('Names must not be empty');
  server.onCall = onCall;
  await rename.run('Anna');
  expect(values.map(({ isPending, error, result }) => [isPending, error?.message, result])).toEqual([
    [false, undefined, undefined],
    [true, undefined, undefined],
    [false, undefined, 3],
    [true, undefined, 3],
    [false, 'Names must not be empty', 3],
    [true, undefined, 3],
    [false, undefined, 4],
  ]);
});

it('is pending until the last of several calls has settled, and reports no rejection as unhandled', async () => {
  const { server, connection } = setUp();
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const rename = mutation(connection, (db, name: string) => db.reducers.setName({ name }));
  const { onCall } = server;
  server.onCall = (call) => (call.text === 'bad' ? { error: 'No' } : onCall(call));
  const states = record(rename).values;
  void rename.run('bad');
  await rename.run('good');
  await vi.waitFor(() => expect(rename.get().isPending).toBe(false));
  expect(states.map(({ isPending }) => isPending)).toEqual([false, true, true, true, false]);
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
