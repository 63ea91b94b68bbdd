import { Identity, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import type { PersonStanding } from '../../module_bindings/types.ts';
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

/** What the button for the act says, the acts being the latest first. */
const words = (
  of: ReturnType<typeof act>,
  acts: readonly ReturnType<typeof act>[],
  now?: PersonStanding,
  isOwner = true,
) => undoOf(of, acts, now, isOwner, NOW)?.words;

it('puts a message back as long as its text is kept', () => {
  const [kept, gone] = [act(2, 'delete_message', eve, 'rude'), act(1, 'delete_message')];
  expect(words(kept, [kept, gone])).toBe('Put back');
  expect(words(gone, [kept, gone])).toBeUndefined();
});

it('takes back the latest mute as long as it lasts', () => {
  const [second, first] = [act(3, 'mute_user'), act(1, 'mute_user')];
  const acts = [act(4, 'mute_user', bob), second, first];
  const muted = standing({ mutedUntil: at(NOW + 1000) });
  expect(words(second, acts, muted)).toBe('Unmute');
  expect(words(first, acts, muted)).toBeUndefined();
  expect(words(second, acts, standing({ mutedUntil: at(NOW - 1000) }))).toBeUndefined();
  expect(words(second, acts)).toBeUndefined();
});

it('lifts a ban that holds', () => {
  const ban = act(1, 'ban_user');
  expect(words(ban, [ban], standing({ bannedSince: at(NOW) }))).toBe('Lift the ban');
  expect(words(ban, [act(2, 'unban_user'), ban])).toBeUndefined();
});

it('leaves moderators to the owner', () => {
  const [appointed, dismissed] = [act(1, 'appoint_moderator'), act(2, 'dismiss_moderator')];
  const moderator = standing({ role: 'moderator' });
  expect(words(appointed, [appointed], moderator)).toBe('Dismiss');
  expect(words(appointed, [appointed], moderator, false)).toBeUndefined();
  expect(words(dismissed, [dismissed, appointed])).toBe('Appoint again');
  expect(words(appointed, [dismissed, appointed])).toBeUndefined();
  expect(words(dismissed, [dismissed], undefined, false)).toBeUndefined();
});

it('has nothing against what was itself an undoing', () => {
  for (const action of ['restore_message', 'unmute_user', 'unban_user']) {
    expect(words(act(1, action), [act(1, action)])).toBeUndefined();
  }
});
