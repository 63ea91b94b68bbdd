/** How the chat shows what it shows: as usual, unless something around a component says otherwise. */
import { getContext, setContext } from 'svelte';
import type { Clock } from '../ui/time.ts';

export interface DisplayOptions {
  readonly density: 'comfortable' | 'compact';
  /** How the time of day is written: as the reader's locale does, or always of 12 or of 24 hours. */
  readonly clock: Clock;
  /** Whether joins, leaves and renames are told between the messages. */
  readonly changes: boolean;
}

const KEY = Symbol();
const usual: DisplayOptions = { density: 'comfortable', clock: 'system', changes: true };

export function useDisplayOptions(): DisplayOptions {
  return getContext<DisplayOptions | undefined>(KEY) ?? usual;
}

/** Sets it for all components within the one that is being made. */
export function provideDisplayOptions(display: DisplayOptions): void {
  setContext(KEY, display);
}
