/** JSX types of `<spacetimedb-chat>` for React 19, which sets properties and supports events of any name. */
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type {
  Attributes,
  EventDetails,
  WidgetOptions,
  SpacetimedbChatElement,
} from './spacetimedb-chat.d.ts';

type Handlers = {
  [Name in keyof EventDetails as `on${Name}`]?: (event: CustomEvent<EventDetails[Name]>) => unknown;
};

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'spacetimedb-chat': DetailedHTMLProps<HTMLAttributes<SpacetimedbChatElement>, SpacetimedbChatElement> &
        Attributes &
        Handlers &
        Partial<Pick<WidgetOptions, 'strings' | 'tokenStorage' | 'launcherText'>>;
    }
  }
}
