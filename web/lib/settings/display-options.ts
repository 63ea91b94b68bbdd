/** Display options of the chat, provided through Svelte's context. */
import { getContext, setContext } from 'svelte';
import type { Clock } from '../ui/time.ts';

export interface DisplayOptions {
  readonly density: 'comfortable' | 'compact';
  /** 12 or 24 hours, or as in the reader's locale. */
  readonly clock: Clock;
  /** Whether joins, leaves and renames are shown between the messages. */
  readonly changes: boolean;
  /** Whether single keys act on the message with the focus. */
  readonly keys: boolean;
}

const KEY = Symbol();
const usual: DisplayOptions = { density: 'comfortable', clock: 'system', changes: true, keys: true };

export function useDisplayOptions(): DisplayOptions {
  return getContext<DisplayOptions | undefined>(KEY) ?? usual;
}

/** Provides the options to all components inside the current one. */
export function provideDisplayOptions(display: DisplayOptions): void {
  setContext(KEY, display);
}
