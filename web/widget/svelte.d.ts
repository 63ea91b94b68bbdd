/** Types of `<spacetimedb-chat>` for Svelte markup. */
import type { HTMLAttributes } from 'svelte/elements';
import type {
  Attributes,
  EventDetails,
  WidgetOptions,
  SpacetimedbChatElement,
} from './spacetimedb-chat.d.ts';

type Handlers = {
  [Name in keyof EventDetails as `on${Name}`]?: (event: CustomEvent<EventDetails[Name]>) => unknown;
};

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'spacetimedb-chat': Omit<HTMLAttributes<SpacetimedbChatElement>, keyof Handlers> &
      Attributes &
      Handlers &
      Partial<Pick<WidgetOptions, 'strings' | 'tokenStorage' | 'launcherText'>>;
  }
}
