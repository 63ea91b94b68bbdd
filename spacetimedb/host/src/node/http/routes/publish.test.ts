import { describe, expect, it, vi } from 'vitest';
import type { HostApi, MigrationPlanRequest, PublishOutcome, PublishRequest } from '../host-api.ts';
import { DEFAULT_LIMITS } from '../../../engine/limits.ts';
import { identityFromClaims } from '../../auth/identity.ts';
import { FakeDatabase } from '../testing/fake-database.ts';
import { sendWithoutEnd } from '../testing/send-without-end.ts';
import { fakeRegistry } from '../testing/fake-registry.ts';
import { startTestServer, type TestServer } from '../testing/start-test-server.ts';

// Endless bodies take a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** A server whose host records what it is asked to publish. */
async function startPublishing(outcome?: PublishOutcome | Error, extra: Partial<HostApi> = {}) {
  const requests: PublishRequest[] = [];
  const server: TestServer = await startTestServer({
    allowPublish: 'anyone',
    ...extra,
    async publish(request) {
      requests.push(request);
      if (outcome instanceof Error) throw outcome;
      const database = request.existing ?? new FakeDatabase(request.name ?? 'unnamed', request.publisher);
      return outcome ?? { tag: 'published', database };
    },
  });
  const put = (path: string, init: Parameters<TestServer['request']>[1] = { as: server.owner }) =>
    server.request(path, { method: 'PUT', body: 'export default 1', ...init });
  return { ...server, requests, put };
}

describe('publishing, where anyone may', () => {
  it('publishing creates a database with a free name for the caller', async () => {
    const { put, auth, requests } = await startPublishing();
    const caller = await auth.mint();
    const response = await put('/v1/database/new-chat?host_type=Js', { as: caller });
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        Success: {
          domain: 'new-chat',
          database_identity: new FakeDatabase('new-chat', caller.identity).identity.toHexString(),
          op: 'created',
        },
      },
    ]);
    const [request] = requests;
    expect(request).toMatchObject({ name: 'new-chat', clear: false, policy: { tag: 'compatible' } });
    expect(request?.existing).toBeUndefined();
    expect(request?.identity).toBeUndefined();
    expect(request?.publisher.isEqual(caller.identity)).toBe(true);
    expect(new TextDecoder().decode(request?.program)).toBe('export default 1');
  });

  it('publishing creates a database without a name, and for a caller without a token', async () => {
    const { put, requests, auth } = await startPublishing();
    const response = await put('/v1/database?host_type=Js', { method: 'POST' });
    expect(await response.json()).toMatchObject({ Success: { domain: null, op: 'created' } });
    const minted = await auth.verify(response.headers.get('spacetime-identity-token') ?? '');
    expect(requests[0]?.publisher.isEqual(minted.identity)).toBe(true);
  });

  it('the owner updates a database by name or identity, and is answered once it is durable', async () => {
    const { put, database, requests } = await startPublishing();
    const hex = database.identity.toHexString();
    for (const [key, domain] of [
      ['chat', 'chat'],
      [hex, null],
    ]) {
      const response = await put(`/v1/database/${key}?host_type=Js`);
      expect(await response.json()).toEqual({ Success: { domain, database_identity: hex, op: 'updated' } });
      expect(requests.at(-1)?.existing).toBe(database);
    }
    expect(database.events.map(({ tag }) => tag)).toEqual(['durable', 'durable']);
  });

  it('publishing is 504 when the update is not durable in time', async () => {
    const { put, database } = await startPublishing();
    database.untilDurable = new Promise(() => {});
    const response = await put('/v1/database/chat?host_type=Js&update_confirmation_timeout=20ms');
    expect([response.status, await response.text()]).toEqual([
      504,
      'Database update failed: timeout waiting for transaction confirmation',
    ]);
  });

  it('clearing needs an existing database', async () => {
    const { put, requests, owner } = await startPublishing();
    await put('/v1/database/chat?host_type=Js&clear=true');
    await put('/v1/database/new-chat?host_type=Js&clear=true');
    expect(requests.map(({ clear }) => clear)).toEqual([true, false]);
    const unnamed = await put('/v1/database?host_type=Js&clear=true', { method: 'POST', as: owner });
    expect([unnamed.status, await unnamed.text()]).toEqual([
      400,
      'Clear database requires database name or identity',
    ]);
  });

  it("agreeing to break clients takes the plan's token", async () => {
    const { put, requests } = await startPublishing();
    await put('/v1/database/chat?host_type=Js&policy=BreakClients&token=0xff');
    expect(requests[0]?.policy).toEqual({ tag: 'break_clients', token: `ff${'00'.repeat(31)}` });
    const response = await put('/v1/database/chat?host_type=Js&policy=BreakClients');
    expect([response.status, await response.text()]).toEqual([
      400,
      'Migration policy is set to `BreakClients`, but no migration token was provided.',
    ]);
  });

  it("publishing to another owner's database is 403 and does not reach the host", async () => {
    const { put, auth, database, requests } = await startPublishing();
    const stranger = await auth.mint();
    for (const [query, action] of [
      ['', 'update database'],
      ['&clear=true', 'reset database'],
    ]) {
      const response = await put(`/v1/database/chat?host_type=Js${query}`, { as: stranger });
      expect([response.status, await response.text()]).toEqual([
        403,
        `${stranger.identity} is not authorized to perform action on database ${database.identity}: ${action}`,
      ]);
    }
    expect(requests).toEqual([]);
  });

  it.each<[PublishOutcome | Error, number, string]>([
    [{ tag: 'rejected', message: 'column removed' }, 400, 'Database update rejected: column removed'],
    [{ tag: 'migration_failed', message: 'x' }, 400, 'Failed to create or update the database: x'],
    [{ tag: 'too_many_databases', message: 'full' }, 403, 'full'],
    [new SyntaxError('Unexpected token'), 500, 'Unexpected token'],
  ])('publishing answers %o', async (outcome, status, text) => {
    const { put } = await startPublishing(outcome);
    const response = await put('/v1/database/chat?host_type=Js');
    expect([response.status, await response.text()]).toEqual([status, text]);
  });

  it.each([
    ['', 'This host runs JavaScript modules only: publish with `host_type=Js`'],
    ['?host_type=Wasm', 'This host runs JavaScript modules only: publish with `host_type=Js`'],
    [
      '?host_type=Js&clear=1',
      'Failed to deserialize query string: provided string was not `true` or `false`',
    ],
    [
      '?host_type=Js&update_confirmation_timeout=5parsecs',
      'Failed to deserialize query string: unknown time unit "parsecs", supported units: ns, us/µs, ms, sec, min, hours, days, weeks, months, years (and few variations)',
    ],
  ])('publishing refuses %j', async (query, text) => {
    const { put, requests } = await startPublishing();
    const response = await put(`/v1/database/chat${query}`);
    expect([response.status, await response.text()]).toEqual([400, text]);
    expect(requests).toEqual([]);
  });

  it("another owner's database is 403 before the program is read", async () => {
    const { port, auth, requests } = await startPublishing();
    const { token } = await auth.mint();
    const answer = await sendWithoutEnd(port, 'PUT', '/v1/database/chat?host_type=Js', token);
    expect(answer.status).toBe(403);
    expect(requests).toEqual([]);
  });

  it('programs may be larger than 2 MiB', async () => {
    const { put, requests, owner } = await startPublishing();
    const body = Buffer.alloc(5_000_000, ' ');
    expect((await put('/v1/database/chat?host_type=Js', { as: owner, body })).status).toBe(200);
    expect(requests[0]?.program.length).toBe(body.length);
  });

  it('publishing says so if the host does not support it', async () => {
    const { request, owner } = await startTestServer();
    const put = await request('/v1/database/chat?host_type=Js', { method: 'PUT', as: owner, body: 'x' });
    expect([put.status, await put.text()]).toEqual([501, 'This host does not take modules over HTTP']);
    const plan = await request('/v1/database/chat/pre_publish', { method: 'POST', as: owner, body: 'x' });
    expect([plan.status, await plan.text()]).toEqual([404, 'This host does not plan migrations over HTTP']);
    const removal = await request('/v1/database/chat', { method: 'DELETE', as: owner });
    expect(removal.status).toBe(501);
  });
});

describe("publishing, where only the host's owner may", () => {
  const NO_TOKEN =
    'Publishing needs the token of the owner of this host, in the header `Authorization: Bearer TOKEN`';
  const NOT_THE_OWNER = 'Only the owner of this host may publish here';

  async function startOwned(extra: Partial<HostApi> = {}) {
    const plans: MigrationPlanRequest[] = [];
    const deleted: unknown[] = [];
    const server = await startPublishing(undefined, {
      ...extra,
      allowPublish: 'owner',
      async planMigration(request) {
        plans.push(request);
        return { tag: 'manual', reason: 'no', majorVersionUpgrade: false };
      },
      async delete(database) {
        deleted.push(database);
      },
    });
    return { ...server, asked: () => [...server.requests, ...plans, ...deleted], deleted };
  }

  const ROUTES = [
    ['POST', '/v1/database?host_type=Js'],
    ['PUT', '/v1/database/new?host_type=Js'],
    ['PUT', '/v1/database/chat?host_type=Js'],
    ['PUT', '/v1/database/chat?host_type=Js&clear=true'],
    ['POST', '/v1/database/chat/pre_publish?host_type=Js'],
  ] as const;

  it.each(ROUTES)("%s %s is refused without the owner's token", async (method, path) => {
    const { request, auth, asked } = await startOwned();
    const answer = async (init: Parameters<TestServer['request']>[1]) => {
      const response = await request(path, { method, body: 'export default 1', ...init });
      return [response.status, await response.text()];
    };
    expect(await answer({})).toEqual([401, NO_TOKEN]);
    expect(await answer({ as: await auth.mint() })).toEqual([403, NOT_THE_OWNER]);
    expect(await answer({ headers: { authorization: 'Bearer garbage' } })).toEqual([
      401,
      'Invalid token: InvalidToken',
    ]);
    expect(asked()).toEqual([]);
  });

  it('a form sent by a page of another origin is refused as well', async () => {
    const { request, asked } = await startOwned();
    const headers = { 'content-type': 'text/plain', origin: 'https://evil.example' };
    for (const [, path] of ROUTES) {
      const response = await request(path, { method: 'POST', headers, body: 'export default 1' });
      expect([401, 405]).toContain(response.status);
    }
    expect(asked()).toEqual([]);
  });

  it.each(ROUTES)(
    '%s %s is answered while its body never ends, and the connection is closed',
    async (method, path) => {
      const { port, auth } = await startOwned();
      expect(await sendWithoutEnd(port, method, path)).toEqual({ status: 401, body: NO_TOKEN });
      const { token } = await auth.mint();
      expect(await sendWithoutEnd(port, method, path, token)).toEqual({ status: 403, body: NOT_THE_OWNER });
    },
  );

  it('the owner may publish', async () => {
    const { request, owner, asked } = await startOwned();
    for (const [method, path] of ROUTES) {
      const response = await request(path, { method, as: owner, body: 'export default 1' });
      expect([path, response.status]).toEqual([path, 200]);
    }
    expect(asked().length).toBe(ROUTES.length);
  });

  it("another person's database stays theirs, but the host's owner may delete it", async () => {
    const theirs = new FakeDatabase('theirs', identityFromClaims('localhost', 'somebody'));
    const deleted: unknown[] = [];
    const requests: unknown[] = [];
    const { request, owner } = await startTestServer({
      find: () => theirs,
      registry: fakeRegistry({ theirs: theirs.identity.toHexString() }),
      async publish(given) {
        requests.push(given);
        return { tag: 'published', database: theirs };
      },
      async delete(database) {
        deleted.push(database);
      },
    });
    const path = '/v1/database/theirs?host_type=Js';
    expect((await request(path, { method: 'PUT', as: owner, body: 'x' })).status).toBe(403);
    expect(requests).toEqual([]);
    expect((await request(path, { method: 'DELETE', as: owner })).status).toBe(200);
    expect(deleted).toEqual([theirs]);
  });

  it.each([
    ['of an announced length', () => Buffer.alloc(1001, ' ')],
    [
      'of an unknown length',
      () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(300)) }),
    ],
  ])('a program %s beyond the limit is refused', async (_what, body) => {
    const { request, owner, asked } = await startOwned({ limits: { ...DEFAULT_LIMITS, programBytes: 1000 } });
    for (const [method, path] of ROUTES) {
      // The types of `fetch` lack `duplex`.
      const init = { method, as: owner, body: body(), duplex: 'half' } as Parameters<
        TestServer['request']
      >[1];
      const response = await request(path, init);
      expect([response.status, await response.text()]).toEqual([
        413,
        'The program is larger than the 1000 bytes that this host takes (limit programBytes)',
      ]);
    }
    expect(asked()).toEqual([]);
  });
});

describe('planning a migration', () => {
  async function plan(answer: Awaited<ReturnType<NonNullable<HostApi['planMigration']>>>, query = '') {
    const requests: MigrationPlanRequest[] = [];
    const server = await startTestServer({
      async planMigration(request) {
        requests.push(request);
        return answer;
      },
    });
    const response = await server.request(`/v1/database/chat/pre_publish?host_type=Js${query}`, {
      method: 'POST',
      as: server.owner,
      body: 'x',
    });
    return { body: await response.json(), request: requests[0], server };
  }

  it('a plan says what would change', async () => {
    const { body, request, server } = await plan(
      { tag: 'auto', plan: 'adds a table', breaksClients: true, token: 'ff', majorVersionUpgrade: false },
      '&style=NoColor',
    );
    expect(body).toEqual({
      AutoMigrate: {
        migrate_plan: 'adds a table',
        break_clients: true,
        token: '0xff',
        major_version_upgrade: false,
      },
    });
    expect(request).toMatchObject({ ansiColors: false, database: server.database });
  });

  it('a plan says why a migration is impossible, and is for the owner only', async () => {
    const { body, request, server } = await plan({ tag: 'manual', reason: 'no', majorVersionUpgrade: true });
    expect(body).toEqual({ ManualMigrate: { reason: 'no', major_version_upgrade: true } });
    expect(request?.ansiColors).toBe(true);
    const stranger = await server.auth.mint();
    const path = '/v1/database/chat/pre_publish?host_type=Js';
    expect((await server.request(path, { method: 'POST', as: stranger, body: 'x' })).status).toBe(403);
  });
});

describe('deleting', () => {
  it('deleting is for the owner, and an unknown identity is not an error', async () => {
    const deleted: unknown[] = [];
    const { request, owner, auth, database } = await startTestServer({
      async delete(gone) {
        deleted.push(gone);
      },
    });
    const remove = async (key: string, as = owner) => {
      const response = await request(`/v1/database/${key}`, { method: 'DELETE', as });
      return [response.status, await response.text()];
    };
    expect(await remove('nope')).toEqual([404, '`nope` not found']);
    expect(await remove(owner.identity.toHexString())).toEqual([200, '']);
    expect((await remove('chat', await auth.mint()))[0]).toBe(403);
    expect(deleted).toEqual([]);
    expect((await request('/v1/database/chat', { method: 'DELETE' })).status).toBe(401);
    expect(deleted).toEqual([]);
    expect(await remove('chat')).toEqual([200, '']);
    expect(deleted).toEqual([database]);
  });

  it("a database's owner may delete it even where only the host's owner may publish", async () => {
    const deleted: unknown[] = [];
    const { request, auth, owner } = await startTestServer({
      owner: { identity: identityFromClaims('localhost', 'the host') },
      async delete(gone) {
        deleted.push(gone);
      },
    });
    const remove = async (as: typeof owner) =>
      (await request('/v1/database/chat', { method: 'DELETE', as })).status;
    expect(await remove(await auth.mint())).toBe(403);
    expect(await remove(owner)).toBe(200);
    expect(deleted.length).toBe(1);
  });
});
