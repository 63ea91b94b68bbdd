import { expect, it, vi } from 'vitest';
import { draftOf } from './draft.ts';

it('gives back what was unsent and what was being written', () => {
  draftOf('host/room').save('half a sen', ['not sent']);
  expect(draftOf('host/room').load()).toBe('not sent\nhalf a sen');
  expect(draftOf('host/other').load()).toBe('');
});

it('keeps nothing when there is nothing', () => {
  const draft = draftOf('host/room');
  draft.save('x', []);
  draft.save('', []);
  expect(localStorage).toHaveLength(0);
});

it('begins anew with what it cannot read, or is not allowed to', () => {
  localStorage.setItem('spacetimedb-chat:draft:host/room', '{');
  expect(draftOf('host/room').load()).toBe('');
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new Error('forbidden');
  });
  expect(draftOf('host/room').load()).toBe('');
  vi.restoreAllMocks();
});
