import { afterEach, describe, expect, it, vi } from 'vitest';
import { DbConnection } from '../test/module_bindings/index.ts';
import { FakeServer } from '../test/fake-server.ts';
import { use } from '../test/set-up.ts';
import { connect } from './connection.ts';
import { browserTokens, memoryTokens, tokenKey } from './tokens.ts';

afterEach(() => vi.unstubAllGlobals());

describe('tokenKey', () => {
  it('distinguishes hosts, paths and databases, and nothing else', () => {
    expect(tokenKey('http://localhost:3000', 'chat')).toBe('spacetimedb:localhost:3000/chat');
    expect(tokenKey('ws://localhost:3000/', 'chat')).toBe('spacetimedb:localhost:3000/chat');
    expect(tokenKey('https://example.org/db/', 'chat')).toBe('spacetimedb:example.org/db/chat');
    expect(() => tokenKey('', 'chat')).toThrow();
  });
});

describe('browserTokens', () => {
  it('keeps tokens in localStorage', () => {
    const kept = new Map<string, string>();
    const localStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
      removeItem: (key: string) => kept.delete(key),
    };
    vi.stubGlobal('window', { localStorage });
    browserTokens().set('a', 'token');
    expect(browserTokens().get('a')).toBe('token');
    expect(browserTokens().get('b')).toBeUndefined();
    browserTokens().remove('a');
    expect(kept.size).toBe(0);
  });

  it('keeps them in memory where localStorage is missing or forbidden', () => {
    for (const window of [
      undefined,
      {
        get localStorage() {
          throw new Error('SecurityError');
        },
      },
    ]) {
      vi.stubGlobal('window', window);
      const tokens = browserTokens();
      tokens.set('a', 'token');
      expect(tokens.get('a')).toBe('token');
      tokens.remove('a');
      expect(tokens.get('a')).toBeUndefined();
    }
  });
});

it('never gives the token of a server or database to another one', async () => {
  const tokens = memoryTokens();
  const places = ['http://chat.example', 'http://chat.example:81', 'ws://evil.example'].flatMap((uri) =>
    ['chat', 'other'].map((name) => ({ uri, name, token: `${name}-${uri.replace(/\W/g, '')}` })),
  );
  for (const { uri, name, token } of places) tokens.set(tokenKey(uri, name), token);
  for (const { uri, name, token } of places) {
    const server = new FakeServer();
    const { openSocket, fetch } = server.environment;
    const sent: string[] = [];
    const connection = connect(() => DbConnection.builder().withUri(uri).withDatabaseName(name), {
      connectOnServer: true,
      tokens,
      environment: {
        openSocket: (url, protocols) => {
          sent.push(url);
          return openSocket(url, protocols);
        },
        fetch: (url, init) => {
          sent.push(`${url.href} ${init.headers?.['Authorization'] ?? ''}`);
          return fetch(url, init);
        },
      },
    });
    const { stop } = use({ connection });
    await vi.waitFor(() => expect(connection.status.get().status).toBe('connected'));
    stop();
    connection.close();
    expect(sent).toHaveLength(2);
    for (const line of sent) expect(line).toContain(token);
    expect(sent.join().match(/(?:Bearer |short\+)[\w-]+/g)).toEqual([`Bearer ${token}`, `short+${token}`]);
  }
});
