import type { ConnectionStatus } from 'spacetimedb-stores';
import { expect, it } from 'vitest';
import { connectionText } from './connection-text.ts';

const textOf = (status: Partial<ConnectionStatus>) =>
  connectionText({ state: 'reconnecting', attempt: 1, ...status }, 'chat.example.com', 'lobby');

it('a working connection needs no explanation', () => {
  expect(textOf({ state: 'connected' })).toEqual({ brief: 'Connected', tone: 'good' });
  expect(textOf({ state: 'connecting' })).toEqual({ brief: 'Connecting…', tone: 'busy' });
  expect(textOf({ state: 'idle' })).toEqual(textOf({ state: 'connecting' }));
});

it('an unreachable server is named, with a retry button', () => {
  expect(textOf({ problem: 'unreachable' })).toMatchObject({
    brief: 'Reconnecting…',
    tone: 'busy',
    remedy: 'retry',
  });
  expect(textOf({ problem: 'unreachable' }).detail).toMatch(/Can’t reach chat\.example\.com/);
  expect(textOf({ problem: 'closed-by-server' }).detail).toMatch(/Lost the connection to chat\.example\.com/);
});

it('a wrong database name is told apart from an unreachable server', () => {
  expect(textOf({ problem: 'unknown-database' })).toMatchObject({ brief: 'No such database', tone: 'bad' });
  expect(textOf({ problem: 'unknown-database' }).detail).toContain('“lobby”');
});

it('a misconfiguration is explained', () => {
  expect(textOf({ problem: 'misconfigured', reason: 'No such host.' }).detail).toBe('No such host.');
});

it('rejected credentials offer to continue as a new person', () => {
  expect(textOf({ state: 'rejected', problem: 'token-rejected' })).toMatchObject({
    tone: 'bad',
    remedy: 'new-person',
  });
});

it("a ban shows the room's own reason, with a retry button", () => {
  expect(textOf({ state: 'rejected', problem: 'refused', reason: 'You are banned: spam' })).toEqual({
    brief: 'Access denied',
    tone: 'bad',
    detail: 'You are banned: spam',
    remedy: 'retry',
  });
});

it('a database with other tables is reported as not a chat, without automatic retry', () => {
  const { brief, tone, detail, remedy } = textOf({ state: 'rejected', problem: 'incompatible' });
  expect({ brief, tone, remedy }).toEqual({ brief: 'Not a chat', tone: 'bad', remedy: 'retry' });
  expect(detail).toMatch(/“lobby” at chat\.example\.com is not a chat/);
});

it('an offline device is told apart from a lost server', () => {
  expect(textOf({ state: 'offline', problem: 'unreachable' }).detail).toMatch(/device is offline/);
});

it('a closed connection offers no button', () => {
  expect(textOf({ state: 'closed' })).not.toHaveProperty('remedy');
});
