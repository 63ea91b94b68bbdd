/** Parses the attributes of an element. */

import type { Mode, Side, Theme, TokenStorage } from './spacetimedb-chat.d.ts';

const choices = {
  mode: ['inline', 'launcher'],
  theme: ['auto', 'light', 'dark'],
  side: ['end', 'start'],
  'token-storage': ['local', 'session', 'none'],
} as const;

type Choices = typeof choices;

/** Returns the value of an attribute with fixed choices; the first choice if it is missing or unknown. */
function choiceOf<Name extends keyof Choices>(element: Element, name: Name): Choices[Name][number] {
  const value = element.getAttribute(name)?.toLowerCase();
  const known: readonly Choices[Name][number][] = choices[name];
  return known.find((choice) => choice === value) ?? (choices[name][0] as Choices[Name][number]);
}

/** The observed attributes. */
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
  'launcher-text',
] as const;

export interface Options {
  readonly uri: string | undefined;
  readonly database: string | undefined;
  readonly mode: Mode;
  readonly opened: boolean;
  readonly side: Side;
  readonly language: string;
  readonly theme: Theme;
  readonly tokenStorage: TokenStorage;
  readonly eager: boolean;
  readonly heading: string | undefined;
  readonly label: string | undefined;
  readonly launcherText: string | undefined;
}

export function readOptions(element: Element): Options {
  const text = (name: string): string | undefined => element.getAttribute(name) || undefined;
  return {
    uri: text('uri'),
    database: text('database'),
    mode: choiceOf(element, 'mode'),
    opened: element.hasAttribute('opened'),
    side: choiceOf(element, 'side'),
    language: element.closest('[lang]')?.getAttribute('lang') ?? '',
    theme: choiceOf(element, 'theme'),
    tokenStorage: choiceOf(element, 'token-storage'),
    eager: element.hasAttribute('eager'),
    heading: text('heading'),
    label: text('label'),
    launcherText: text('launcher-text'),
  };
}
