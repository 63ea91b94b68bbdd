import { ConnectionError, type ConnectionErrorCode, type ConnectionStatus } from 'spacetimedb-stores';
import { expect, it } from 'vitest';
import { connectionText } from './connection-text.ts';

const failed = (code: ConnectionErrorCode, message = '') => ({ error: new ConnectionError(code, message) });
const textOf = (status: Partial<ConnectionStatus>) =>
  connectionText({ status: 'reconnecting', attempt: 1, ...status }, 'chat.example.com', 'lobby');

it('a working connection needs no explanation', () => {
  expect(textOf({ status: 'connected' })).toEqual({ brief: 'Connected', tone: 'good' });
  expect(textOf({ status: 'connecting' })).toEqual({ brief: 'Connecting…', tone: 'busy' });
  expect(textOf({ status: 'idle' })).toEqual(textOf({ status: 'connecting' }));
});

it('an unreachable server is named, with a retry button', () => {
  expect(textOf(failed('unreachable'))).toMatchObject({
    brief: 'Reconnecting…',
    tone: 'busy',
    remedy: 'retry',
  });
  expect(textOf(failed('unreachable')).detail).toMatch(/Can’t reach chat\.example\.com/);
  expect(textOf(failed('closed-by-server')).detail).toMatch(/Lost the connection to chat\.example\.com/);
});

it('a wrong database name is distinguished from an unreachable server', () => {
  expect(textOf(failed('unknown-database'))).toMatchObject({
    brief: 'No such database',
    tone: 'bad',
    remedy: 'retry',
  });
  expect(textOf(failed('unknown-database')).detail).toContain('“lobby”');
});

it('a page without a chat server says so', () => {
  expect(textOf(failed('no-server'))).toMatchObject({
    brief: 'No chat server',
    tone: 'bad',
    remedy: 'retry',
  });
  expect(textOf(failed('no-server')).detail).toMatch(
    /^This page isn’t connected to a chat server yet: chat\.example\.com/,
  );
});

it('a misconfiguration is explained', () => {
  expect(textOf(failed('misconfigured', 'No such host.'))).toMatchObject({
    tone: 'bad',
    detail: 'No such host.',
    remedy: 'retry',
  });
});

it('rejected credentials offer to continue as a new person', () => {
  expect(textOf({ status: 'rejected', ...failed('token-rejected') })).toMatchObject({
    tone: 'bad',
    remedy: 'new-person',
  });
});

it("a ban shows the room's own reason, with a retry button", () => {
  expect(textOf({ status: 'rejected', ...failed('refused', 'You are banned: spam') })).toEqual({
    brief: 'Access denied',
    tone: 'bad',
    detail: 'You are banned: spam',
    remedy: 'retry',
  });
});

it('a database with other tables is reported as not a chat, without automatic retry', () => {
  const { brief, tone, detail, remedy } = textOf({ status: 'rejected', ...failed('incompatible') });
  expect({ brief, tone, remedy }).toEqual({ brief: 'Not a chat', tone: 'bad', remedy: 'retry' });
  expect(detail).toMatch(/“lobby” at chat\.example\.com is not a chat/);
});

it('an offline device is distinguished from a lost server', () => {
  const { tone, detail, remedy } = textOf({ status: 'offline', ...failed('unreachable') });
  expect({ tone, remedy }).toEqual({ tone: 'busy', remedy: 'retry' });
  expect(detail).toMatch(/device is offline/);
});

it('a connection without a known error was lost, or its sign-in refused', () => {
  expect(textOf({}).detail).toMatch(/Lost the connection/);
  expect(textOf({ status: 'rejected' }).remedy).toBe('new-person');
});

it('a closed connection offers no button', () => {
  expect(textOf({ status: 'closed' })).not.toHaveProperty('remedy');
  expect(textOf({ status: 'closed' }).tone).toBe('bad');
});
