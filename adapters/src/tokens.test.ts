import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserTokens, tokenKey } from './tokens.ts';

afterEach(() => vi.unstubAllGlobals());

describe('tokenKey', () => {
  it('tells hosts, paths and databases apart, and nothing else', () => {
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
