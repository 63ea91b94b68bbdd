/** Hands the texts to the components. They are English unless something around a component says otherwise. */
import { getContext, setContext } from 'svelte';
import { en } from './en.ts';
import type { Strings } from './strings.ts';

const KEY = Symbol();

/** The texts, as a function to be called where they are shown, as they may change while a component lives. */
export function useStrings(): () => Strings {
  return getContext<(() => Strings) | undefined>(KEY) ?? (() => en);
}

/** Sets the texts for all components within the one that is being made. */
export function provideStrings(strings: () => Strings): void {
  setContext(KEY, strings);
}
