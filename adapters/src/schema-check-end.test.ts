/** The comparison of the bindings with the database ends with the connection that requested it. */
import { expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { record, setUp } from '../test/set-up.ts';
import { createChat } from './chat/index.ts';

/**
 * A connection during the comparison: the database's description was requested, and arrives when `answer` is called.
 */
async function compare() {
  const server = new FakeServer();
  server.refused.set('message', 'no such column');
  let answer: ((response: Response) => void) | undefined;
  let signal: AbortSignal | null | undefined;
  const fixture = setUp(
    {
      environment: {
        fetch: (url, init) => {
          if (!String(url).includes('/schema')) return server.environment.fetch(url, init);
          signal = init?.signal;
          return new Promise((resolve) => (answer = resolve));
        },
      },
    },
    server,
  );
  const { stop } = record(createChat(fixture.connection).messages);
  await vi.waitFor(() => expect(answer).toBeDefined());
  return {
    ...fixture,
    stop,
    isAborted: () => signal?.aborted,
    /** The database turns out to have no tables. */
    answer: async () => {
      const json = vi.fn(() => Promise.resolve({ typespace: { types: [] }, tables: [] }));
      answer?.(Object.assign(new Response(), { json }));
      // It is read after this task, and compared before the next one.
      await vi.waitFor(() => expect(json).toHaveBeenCalledOnce());
    },
  };
}

it('a database without the tables of the bindings is incompatible', async () => {
  const { connection, answer } = await compare();
  await answer();
  await vi.waitFor(() => expect(connection.status.get()).toMatchObject({ status: 'rejected' }));
  expect(connection.status.get().error).toMatchObject({ code: 'incompatible' });
});

it('a connection that is closed during the comparison stays closed, and the request is cancelled', async () => {
  const { connection, answer, isAborted } = await compare();
  connection.close();
  expect(isAborted()).toBe(true);
  await answer();
  expect(connection.status.get()).toEqual({ status: 'closed', attempt: 0 });
});

it('a connection that becomes idle during the comparison stays idle, and the request is cancelled', async () => {
  const { connection, stop, answer, isAborted } = await compare();
  stop();
  await vi.waitFor(() => expect(connection.status.get().status).toBe('idle'));
  expect(isAborted()).toBe(true);
  await answer();
  expect(connection.status.get()).toEqual({ status: 'idle', attempt: 0 });
});
