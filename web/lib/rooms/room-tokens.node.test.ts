import fc from 'fast-check';
import { memoryTokens } from 'spacetimedb-stores';
import { expect, it } from 'vitest';
import { roomTokens, type RoomTokens } from './room-tokens.ts';

const keyOf = (database: string): string => `spacetimedb:chat.example.com/path/${database}`;
const [lobby, help, music] = ['lobby', 'help', 'music'].map(keyOf) as [string, string, string];

function rooms(stored: Readonly<Record<string, string>> = {}): RoomTokens {
  const tokens = memoryTokens();
  for (const [key, token] of Object.entries(stored)) tokens.set(key, token);
  return roomTokens(['lobby', 'help', 'music'], tokens);
}

it('a visitor is the same person in every room', () => {
  const tokens = rooms();
  expect(tokens.get(help)).toBeUndefined();
  tokens.set(help, 'a');
  expect([lobby, help, music].map(tokens.get)).toEqual(['a', 'a', 'a']);
});

it('a visitor from before the site listed rooms keeps each identity', () => {
  const tokens = rooms({ [lobby]: 'a', [music]: 'c' });
  expect([lobby, help, music].map(tokens.get)).toEqual(['a', 'a', 'c']);
});

it('another identity is used in all rooms that had the same one', () => {
  const tokens = rooms({ [lobby]: 'a', [music]: 'c' });
  tokens.set(help, 'b');
  expect([lobby, help, music].map(tokens.get)).toEqual(['b', 'b', 'c']);
});

it('signing out signs out of all rooms with this identity, and does not sign in as another', () => {
  const tokens = rooms({ [lobby]: 'a', [music]: 'c' });
  tokens.remove(help);
  expect([lobby, help, music].map(tokens.get)).toEqual(['c', undefined, 'c']);
  tokens.set(help, 'new');
  expect(tokens.get(help)).toBe('new');
});

it('a token is stored only for its own room, and for rooms that had the same one', () => {
  const stored = memoryTokens();
  roomTokens(['lobby', 'help', 'music'], stored).set(help, 'a');
  expect([lobby, help, music].map(stored.get)).toEqual([undefined, 'a', undefined]);
});

it('a room with a new identity can lose it together with another room', () => {
  const tokens = rooms({ [lobby]: 'a', [music]: 'c' });
  tokens.remove(help);
  tokens.set(help, 'new');
  tokens.set(lobby, 'new');
  tokens.remove(lobby);
  expect([lobby, help, music].map(tokens.get)).toEqual([undefined, 'c', 'c']);
});

it('a token of a room that is not listed can be removed', () => {
  const tokens = rooms();
  tokens.set(keyOf('private'), 'p');
  tokens.remove(keyOf('private'));
  expect(tokens.get(keyOf('private'))).toBeUndefined();
});

it('tabs that open different rooms wait for the same first token', () => {
  const names = [lobby, help, music].map((key) => rooms().lockName?.(key));
  expect(names).toEqual([lobby, lobby, lobby]);
});

it('finds the token of a room by its database', () => {
  const tokens = rooms({ [lobby]: 'a', [music]: 'c' });
  expect(tokens.tokenFor('music')).toBeUndefined();
  tokens.get(lobby);
  expect(['lobby', 'help', 'music'].map(tokens.tokenFor)).toEqual(['a', 'a', 'c']);
});

it('other servers have other tokens', () => {
  const tokens = rooms({ [lobby]: 'a' });
  expect(tokens.get('spacetimedb:evil.example/help')).toBeUndefined();
});

it('a room gets the token that was set for it, after any history', () => {
  const key = fc.constantFrom(lobby, help, music);
  const token = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ key, token }),
    fc.record({ key, token: fc.constant<string | undefined>(undefined) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const tokens = rooms();
      for (const { key, token } of steps) {
        if (token === undefined) tokens.remove(key);
        else tokens.set(key, token);
        expect(tokens.get(key)).toBe(token);
      }
    }),
  );
});
