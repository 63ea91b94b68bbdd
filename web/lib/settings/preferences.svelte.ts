/** What a visitor has chosen for this browser, for every room they open in it. */
import type { DisplayOptions } from './display-options.ts';
import { recall, remember } from '../session/storage.ts';

const KEY = 'spacetimedb-chat:preferences';

/** The choices there are for each of those that are more than on or off; the first is the default. */
const choices = {
  theme: ['system', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  clock: ['system', '12', '24'],
} as const;

type Choice<Name extends keyof typeof choices> = (typeof choices)[Name][number];

export class Preferences implements DisplayOptions {
  theme = $state<Choice<'theme'>>('system');
  density = $state<Choice<'density'>>('comfortable');
  clock = $state<Choice<'clock'>>('system');
  changes = $state(true);
  /** Whether single keys, such as `?`, do something outside of fields. */
  keys = $state(true);
  /** Whether messages that arrive while the page is hidden are shown by the system. */
  notify = $state(false);
  /** Whether they are heard. */
  sound = $state(false);
  /** The server and the database to use instead of those the site comes with; empty for those. */
  uri = $state('');
  database = $state('');

  /** Takes over what was chosen earlier. Not done while prerendering, where there is no visitor. */
  load(): void {
    const saved = recall(KEY);
    if (typeof saved !== 'object' || saved === null) return;
    const { theme, density, clock, ...rest } = saved as Record<string, unknown>;
    this.theme = oneOf(choices.theme, theme);
    this.density = oneOf(choices.density, density);
    this.clock = oneOf(choices.clock, clock);
    for (const name of ['changes', 'keys', 'notify', 'sound'] as const) {
      if (typeof rest[name] === 'boolean') this[name] = rest[name];
    }
    for (const name of ['uri', 'database'] as const) {
      if (typeof rest[name] === 'string') this[name] = rest[name];
    }
  }

  /** All of them, as they are kept. */
  get all(): Record<string, unknown> {
    const { theme, density, clock, changes, keys, notify, sound, uri, database } = this;
    return { theme, density, clock, changes, keys, notify, sound, uri, database };
  }

  save(): void {
    remember(KEY, this.all);
  }
}

function oneOf<T extends string>(known: readonly [T, ...T[]], value: unknown): T {
  return known.find((choice) => choice === value) ?? known[0];
}

/** Those of this page. */
export const preferences = new Preferences();
