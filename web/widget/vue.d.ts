/** Types of `<spacetimedb-chat>` for Vue templates and JSX. */
import type { DefineComponent, HTMLAttributes } from 'vue';
import type { Attributes, EventDetails, WidgetOptions } from './spacetimedb-chat.d.ts';

type Handlers = {
  [Name in keyof EventDetails as `on${Capitalize<Name>}`]?: (
    event: CustomEvent<EventDetails[Name]>,
  ) => unknown;
};

type Props = Attributes &
  Handlers &
  Partial<Pick<WidgetOptions, 'strings' | 'tokenStorage' | 'launcherText'>>;

declare module 'vue' {
  interface GlobalComponents {
    'spacetimedb-chat': DefineComponent<Props>;
  }
}

declare module 'vue/jsx-runtime' {
  namespace JSX {
    interface IntrinsicElements {
      'spacetimedb-chat': Omit<HTMLAttributes, keyof Handlers> & Props;
    }
  }
}
