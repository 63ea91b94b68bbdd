import { onTestFinished } from 'vitest';
import { DEFAULT_LIMITS } from '../../../engine/limits.ts';
import { generateSigningKeys } from '../../auth/keys.ts';
import { TokenAuthority, type Credentials } from '../../auth/tokens.ts';
import { AddressLimits } from '../address-limits.ts';
import { createApp } from '../app.ts';
import type { HostApi } from '../host-api.ts';
import { listen, type ListenOptions, type RunningServer } from '../server.ts';
import { FakeDatabase } from './fake-database.ts';
import { fakeRegistry } from './fake-registry.ts';

export interface TestServer extends RunningServer {
  readonly host: HostApi;
  readonly auth: TokenAuthority;
  readonly owner: Credentials;
  /** The initial database, named `chat` and owned by `owner`. */
  readonly database: FakeDatabase;
  /** Unexpected errors of the app. */
  readonly unexpected: unknown[];
  /** `fetch` of a path of this server, with the owner's token, another token, or none. */
  request(path: string, init?: RequestInit & { as?: Credentials }): Promise<Response>;
}

/** A real server on a free port with a fake database. It stops when the test ends. */
export async function startTestServer(
  extra: Partial<HostApi> = {},
  options: Partial<ListenOptions> & { onUpgradeWith?: (host: HostApi) => ListenOptions['onUpgrade'] } = {},
): Promise<TestServer> {
  const auth = new TokenAuthority(generateSigningKeys());
  const owner = await auth.mint();
  const database = new FakeDatabase('chat', owner.identity);
  const host: HostApi = {
    version: '1.2.3',
    limits: DEFAULT_LIMITS,
    auth,
    owner,
    allowPublish: 'owner',
    addresses: new AddressLimits(DEFAULT_LIMITS),
    registry: fakeRegistry({ chat: database.identity.toHexString() }),
    find: (key) => (key === 'chat' || key === database.identity.toHexString() ? database : undefined),
    databases: () => [database],
    redeemSignInCode: () => undefined,
    ...extra,
  };
  const unexpected: unknown[] = [];
  const app = createApp(host, { onUnexpectedError: (error) => unexpected.push(error) });
  const { onUpgradeWith, ...listenOptions } = options;
  const onUpgrade = onUpgradeWith?.(host);
  const server = await listen(app, { port: 0, ...listenOptions, ...(onUpgrade && { onUpgrade }) });
  onTestFinished(() => server.close(0));
  return {
    ...server,
    host,
    auth,
    owner,
    database,
    unexpected,
    request: (path, { as, ...init } = {}) => {
      const headers = new Headers(init.headers);
      if (as) headers.set('authorization', `Bearer ${as.token}`);
      return fetch(server.url + path, { ...init, headers });
    },
  };
}
