import type { DbConnection } from '../../module_bindings/index.ts';
import type { PersonStanding, RecordedAct } from '../../module_bindings/types.ts';
import { isMuted } from './standing.ts';
import type { ModerationTexts } from './texts/en.ts';

/** How to undo an action, and the label of the button for it. */
export interface Undo {
  readonly label: string;
  readonly run: (reducers: DbConnection['reducers']) => Promise<void>;
}

type Parts = Pick<RecordedAct, 'id' | 'action' | 'subject' | 'deletedText'>;

/**
 * Returns how a logged action can be undone: a deletion while its text is kept, and an action on a person if
 * it is the latest of its kind and still in force.
 *
 * @param acts all logged actions, newest first
 * @param standing of the affected person
 * @param isOwner whether the reader is the owner, who alone may appoint and dismiss moderators
 * @param now milliseconds since the Unix epoch
 * @param texts the labels in the reader's language
 */
export function undoOf(
  act: Parts,
  acts: readonly Parts[],
  standing: PersonStanding | undefined,
  isOwner: boolean,
  now: number,
  texts: ModerationTexts,
): Undo | undefined {
  const { id, action, subject: identity, deletedText } = act;
  if (action === 'delete_message') {
    if (deletedText === undefined) return undefined;
    return { label: texts.restore, run: (reducers) => reducers.restoreMessage({ act: id }) };
  }
  const latest = acts.find((other) => other.action === action && other.subject.isEqual(identity));
  if (latest?.id !== id) return undefined;
  if (action === 'mute_user' && isMuted(standing, now))
    return { label: texts.unmute, run: (reducers) => reducers.unmuteUser({ identity }) };
  if (action === 'ban_user' && standing?.bannedSince)
    return { label: texts.unban, run: (reducers) => reducers.unbanUser({ identity }) };
  if (action === 'appoint_moderator' && isOwner && standing?.role === 'moderator')
    return { label: texts.removeModerator, run: (reducers) => reducers.dismissModerator({ identity }) };
  if (action === 'dismiss_moderator' && isOwner && standing?.role === undefined)
    return { label: texts.makeModeratorAgain, run: (reducers) => reducers.appointModerator({ identity }) };
  return undefined;
}
