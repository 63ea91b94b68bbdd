/** The moderation tools: their state, and the components that the page renders. */
import type { OpenChat } from '../session/open-chat.ts';
import { ModerationController } from './controller.svelte.ts';
import Dialogs from './Dialogs.svelte';
import PersonMarks from './PersonMarks.svelte';
import PersonTools from './PersonTools.svelte';
import RoomButton from './RoomButton.svelte';
import type { ReaderStanding } from './standing.ts';

export { moderationTexts } from './texts/moderation-texts.ts';

const components = { Dialogs, PersonMarks, PersonTools, RoomButton };

export type ModerationTools = typeof components & { readonly controller: ModerationController };

export function createTools(open: OpenChat, reader: ReaderStanding): ModerationTools {
  return { ...components, controller: new ModerationController(open, reader) };
}
