import { describe, expect, it, vi } from 'vitest';
import { reaches, record, setUp, use, type Fixture } from '../test/set-up.ts';

describe('a module that refuses a connection', () => {
  async function connected(): Promise<Fixture> {
    const fixture = setUp();
    use(fixture);
    await reaches(fixture, 'connected');
    return fixture;
  }

  it('is asked for its reason, and then not contacted until the user tries again', async () => {
    const fixture = await connected();
    const { server, connection } = fixture;
    const before = connection.identity.get();
    server.refusal = 'You are banned';
    server.socket.drop();
    await reaches(fixture, 'rejected');
    expect(connection.status.get()).toMatchObject({
      status: 'rejected',
      error: { code: 'refused', message: 'You are banned' },
      attempt: 2,
    });
    await expect(connection.call(({ reducers }) => reducers.setName({ name: 'Ann' }))).rejects.toMatchObject({
      name: 'NotConnectedError',
      message: 'You are banned',
    });
    const { length } = server.sockets;
    connection.retry();
    await vi.waitFor(() => expect(server.sockets).toHaveLength(length + 1));
    await reaches(fixture, 'rejected');
    server.refusal = undefined;
    connection.retry();
    await reaches(fixture, 'connected');
    expect(connection.identity.get()).toEqual(before);
  });

  it('may decide differently for every new connection', async () => {
    const fixture = await connected();
    fixture.server.refusal = 'You are banned';
    fixture.connection.reconnect();
    await reaches(fixture, 'rejected');
    fixture.server.refusal = undefined;
    fixture.connection.reconnect();
    await reaches(fixture, 'connected');
    expect(fixture.server.open).toHaveLength(1);
  });

  it('is not blamed when the server disconnects before its greeting', async () => {
    const fixture = await connected();
    const { server, connection } = fixture;
    const { values } = record(connection.status);
    server.refusal = '';
    server.socket.drop();
    await vi.waitFor(() => expect(values.at(-1)?.attempt).toBeGreaterThan(2));
    expect(values.some(({ status }) => status === 'rejected')).toBe(false);
    expect(values.at(-1)?.error?.code).toBe('closed-by-server');
    server.refusal = undefined;
    await reaches(fixture, 'connected');
  });
});
