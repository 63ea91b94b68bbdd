/** What a page has asked of one element, as its attributes say it. */

import type { Mode, Side, Theme, TokenStorage } from './spacetimedb-chat.d.ts';

const choices = {
  mode: ['inline', 'launcher'],
  theme: ['auto', 'light', 'dark'],
  side: ['end', 'start'],
  'token-storage': ['local', 'session', 'none'],
} as const;

type Choices = typeof choices;

/** One of the choices that an attribute has; the first where it is absent, or says something else. */
function choiceOf<Name extends keyof Choices>(element: Element, name: Name): Choices[Name][number] {
  const value = element.getAttribute(name)?.toLowerCase();
  const known: readonly Choices[Name][number][] = choices[name];
  return known.find((choice) => choice === value) ?? (choices[name][0] as Choices[Name][number]);
}

/** The attributes that mean something here. */
export const attributes = [
  'uri',
  'database',
  'mode',
  'opened',
  'side',
  'lang',
  'theme',
  'token-storage',
  'eager',
  'heading',
  'label',
] as const;

/** They can be followed in effects and markup. */
export class Options {
  uri = $state<string>();
  database = $state<string>();
  mode = $state<Mode>('inline');
  opened = $state(false);
  side = $state<Side>('end');
  language = $state('');
  theme = $state<Theme>('auto');
  tokenStorage = $state<TokenStorage>('local');
  eager = $state(false);
  heading = $state<string>();
  label = $state<string>();

  /** Takes over what the attributes of `element` say now. */
  read(element: Element): void {
    const text = (name: string): string | undefined => element.getAttribute(name) || undefined;
    this.uri = text('uri');
    this.database = text('database');
    this.mode = choiceOf(element, 'mode');
    this.opened = element.hasAttribute('opened');
    this.side = choiceOf(element, 'side');
    this.language = element.closest('[lang]')?.getAttribute('lang') ?? '';
    this.theme = choiceOf(element, 'theme');
    this.tokenStorage = choiceOf(element, 'token-storage');
    this.eager = element.hasAttribute('eager');
    this.heading = text('heading');
    this.label = text('label');
  }
}
