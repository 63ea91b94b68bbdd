import { ConnectionError, type ConnectionErrorCode, type ConnectionStatus } from 'spacetimedb-stores';
import { expect, it } from 'vitest';
import { connectionText } from './connection-text.ts';

const failed = (code: ConnectionErrorCode, message = '') => ({ error: new ConnectionError(code, message) });
const words = (status: Partial<ConnectionStatus>) =>
  connectionText({ status: 'reconnecting', attempt: 1, ...status }, 'chat.example.com', 'lobby');

it('says nothing more than that while all is well', () => {
  expect(words({ status: 'connected' })).toEqual({ brief: 'Connected', tone: 'good' });
  expect(words({ status: 'connecting' })).toEqual({ brief: 'Connecting…', tone: 'busy' });
  expect(words({ status: 'idle' })).toEqual(words({ status: 'connecting' }));
});

it('names the server that cannot be reached, and offers a retry', () => {
  expect(words(failed('unreachable'))).toMatchObject({
    brief: 'Reconnecting…',
    tone: 'busy',
    remedy: 'retry',
  });
  expect(words(failed('unreachable')).detail).toMatch(/chat\.example\.com cannot be reached/);
  expect(words(failed('closed-by-server')).detail).toMatch(/connection to chat\.example\.com was lost/);
});

it('tells a wrong database name from an unreachable server', () => {
  expect(words(failed('unknown-database'))).toMatchObject({ brief: 'No such database', tone: 'bad' });
  expect(words(failed('unknown-database')).detail).toContain('“lobby”');
});

it('gives the reason for settings that cannot work', () => {
  expect(words(failed('misconfigured', 'No such host.')).detail).toBe('No such host.');
});

it('leaves it to the person to become a new one', () => {
  expect(words({ status: 'rejected', ...failed('token-rejected') })).toMatchObject({
    tone: 'bad',
    remedy: 'new-person',
  });
});

it('says in the room’s own words why somebody is not let in, and lets them try again', () => {
  expect(words({ status: 'rejected', ...failed('refused', 'You are banned: spam') })).toEqual({
    brief: 'Not let in',
    tone: 'bad',
    detail: 'You are banned: spam',
    remedy: 'retry',
  });
});

it('says that a database with other tables is not a chat, and does not go on trying', () => {
  const { brief, tone, detail, remedy } = words({ status: 'rejected', ...failed('incompatible') });
  expect({ brief, tone, remedy }).toEqual({ brief: 'Not a chat', tone: 'bad', remedy: 'retry' });
  expect(detail).toMatch(/“lobby” at chat\.example\.com is not a chat/);
});

it('tells an offline device from a lost server', () => {
  expect(words({ status: 'offline', ...failed('unreachable') }).detail).toMatch(/device is offline/);
});

it('offers nothing once the connection is closed for good', () => {
  expect(words({ status: 'closed' })).not.toHaveProperty('remedy');
});
