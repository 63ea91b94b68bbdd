/** Provides the texts to components through Svelte's context. English by default. */
import { getContext, setContext } from 'svelte';
import { en } from './en.ts';
import type { Strings } from './strings.ts';

const KEY = Symbol();

/** Returns a function that reads the texts. Call it where they are shown, because the language may change. */
export function useStrings(): () => Strings {
  return getContext<(() => Strings) | undefined>(KEY) ?? (() => en);
}

/** Provides the texts to all components inside the current one. */
export function provideStrings(strings: () => Strings): void {
  setContext(KEY, strings);
}
