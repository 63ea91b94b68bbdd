import type { DbConnection } from '../../module_bindings/index.ts';
import type { PersonStanding, RecordedAct } from '../../module_bindings/types.ts';
import { isMuted } from './standing.ts';

/** What takes an act back, and what the button for that says. */
export interface Undo {
  readonly words: string;
  readonly run: (reducers: DbConnection['reducers']) => Promise<void>;
}

type Parts = Pick<RecordedAct, 'id' | 'action' | 'subject' | 'deletedText'>;

/**
 * How an act of the record can be taken back: a deletion as long as the text is kept, and of what was done to a person
 * the latest of its kind, as long as it holds.
 *
 * @param acts the latest first
 * @param standing of the person whom the act was about
 * @param isOwner whether it is the owner who asks: moderators are theirs to appoint and dismiss
 * @param now milliseconds since the Unix epoch
 */
export function undoOf(
  act: Parts,
  acts: readonly Parts[],
  standing: PersonStanding | undefined,
  isOwner: boolean,
  now: number,
): Undo | undefined {
  const { id, action, subject: identity, deletedText } = act;
  if (action === 'delete_message') {
    if (deletedText === undefined) return undefined;
    return { words: 'Put back', run: (reducers) => reducers.restoreMessage({ act: id }) };
  }
  const latest = acts.find((other) => other.action === action && other.subject.isEqual(identity));
  if (latest?.id !== id) return undefined;
  if (action === 'mute_user' && isMuted(standing, now))
    return { words: 'Unmute', run: (reducers) => reducers.unmuteUser({ identity }) };
  if (action === 'ban_user' && standing?.bannedSince)
    return { words: 'Lift the ban', run: (reducers) => reducers.unbanUser({ identity }) };
  if (action === 'appoint_moderator' && isOwner && standing?.role === 'moderator')
    return { words: 'Dismiss', run: (reducers) => reducers.dismissModerator({ identity }) };
  if (action === 'dismiss_moderator' && isOwner && standing?.role === undefined)
    return { words: 'Appoint again', run: (reducers) => reducers.appointModerator({ identity }) };
  return undefined;
}
