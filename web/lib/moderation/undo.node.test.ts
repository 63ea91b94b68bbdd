import { Identity, Timestamp } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import type { DbConnection } from '../../module_bindings/index.ts';
import type { PersonStanding } from '../../module_bindings/types.ts';
import { en } from './texts/en.ts';
import { undoOf } from './undo.ts';

const [eve, bob] = [new Identity(1n), new Identity(2n)];
const NOW = Date.UTC(2026, 10, 24);
const at = (ms: number) => Timestamp.fromDate(new Date(ms));

const act = (id: number, action: string, subject = eve, deletedText?: string) => ({
  id: BigInt(id),
  action,
  subject,
  deletedText,
});
const standing = (parts: Partial<PersonStanding>): PersonStanding => ({
  identity: eve,
  role: undefined,
  mutedUntil: undefined,
  bannedSince: undefined,
  reason: '',
  ...parts,
});

/** Returns the label of the undo button of an action. The actions are sorted newest first. */
const undoLabel = (
  of: ReturnType<typeof act>,
  acts: readonly ReturnType<typeof act>[],
  now?: PersonStanding,
  isOwner = true,
) => undoOf(of, acts, now, isOwner, NOW, en)?.label;

it('restores a message while its text is kept', () => {
  const [kept, gone] = [act(2, 'delete_message', eve, 'rude'), act(1, 'delete_message')];
  expect(undoLabel(kept, [kept, gone])).toBe('Restore');
  expect(undoLabel(gone, [kept, gone])).toBeUndefined();
});

it('undoes the latest mute while it lasts', () => {
  const [second, first] = [act(3, 'mute_user'), act(1, 'mute_user')];
  const acts = [act(4, 'mute_user', bob), second, first];
  const muted = standing({ mutedUntil: at(NOW + 1000) });
  expect(undoLabel(second, acts, muted)).toBe('Unmute');
  expect(undoLabel(first, acts, muted)).toBeUndefined();
  expect(undoLabel(second, acts, standing({ mutedUntil: at(NOW - 1000) }))).toBeUndefined();
  expect(undoLabel(second, acts)).toBeUndefined();
  // The mute has ended, and a ban is another act.
  expect(undoLabel(second, acts, standing({ bannedSince: at(NOW) }))).toBeUndefined();
});

it('lifts a ban in force', () => {
  const ban = act(1, 'ban_user');
  expect(undoLabel(ban, [ban], standing({ bannedSince: at(NOW) }))).toBe('Unban');
  expect(undoLabel(ban, [act(2, 'unban_user'), ban])).toBeUndefined();
  const both = standing({ bannedSince: at(NOW), mutedUntil: at(NOW + 1000) });
  expect(undoLabel(ban, [ban], both)).toBe('Unban');
  // Other actions on the same person do not matter.
  expect(undoLabel(ban, [act(2, 'mute_user'), ban], standing({ bannedSince: at(NOW) }))).toBe('Unban');
});

it('lets only the owner appoint and dismiss moderators', () => {
  const [appointed, dismissed] = [act(1, 'appoint_moderator'), act(2, 'dismiss_moderator')];
  const moderator = standing({ role: 'moderator' });
  expect(undoLabel(appointed, [appointed], moderator)).toBe('Remove as moderator');
  expect(undoLabel(appointed, [appointed], moderator, false)).toBeUndefined();
  expect(undoLabel(dismissed, [dismissed, appointed])).toBe('Make moderator again');
  expect(undoLabel(appointed, [dismissed, appointed])).toBeUndefined();
  expect(undoLabel(dismissed, [dismissed], undefined, false)).toBeUndefined();
  expect(undoLabel(dismissed, [dismissed], moderator)).toBeUndefined();
});

it.each([
  ['delete_message', {}, 'restoreMessage', { act: 7n }],
  ['mute_user', { mutedUntil: at(NOW + 1000) }, 'unmuteUser', { identity: eve }],
  ['ban_user', { bannedSince: at(NOW) }, 'unbanUser', { identity: eve }],
  ['appoint_moderator', { role: 'moderator' }, 'dismissModerator', { identity: eve }],
  ['dismiss_moderator', {}, 'appointModerator', { identity: eve }],
])('the undo of %s calls the reducer for it', async (action, parts, reducer, parameters) => {
  const called = vi.fn(() => Promise.resolve());
  const done = act(7, action, eve, 'rude');
  const undo = undoOf(done, [done], standing(parts), true, NOW, en);
  await undo?.run({ [reducer]: called } as unknown as DbConnection['reducers']);
  expect(called).toHaveBeenCalledExactlyOnceWith(parameters);
});

it('offers no undo for an undo', () => {
  for (const action of ['restore_message', 'unmute_user', 'unban_user']) {
    expect(undoLabel(act(1, action), [act(1, action)])).toBeUndefined();
  }
});
