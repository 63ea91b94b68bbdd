/** The visitor's preferences, stored in this browser for all rooms. */
import { languages } from '../i18n/languages.ts';
import type { DisplayOptions } from './display-options.ts';
import { readStorage, writeStorage } from '../session/storage.ts';

const KEY = 'spacetimedb-chat:preferences';

/** The values of each option; the first one is the default. */
const choices = {
  theme: ['system', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  clock: ['system', '12', '24'],
  language: ['auto', ...languages],
} as const;

type Choice<Name extends keyof typeof choices> = (typeof choices)[Name][number];

export class Preferences implements DisplayOptions {
  theme = $state<Choice<'theme'>>('system');
  density = $state<Choice<'density'>>('comfortable');
  clock = $state<Choice<'clock'>>('system');
  /** Of the page's texts; `auto` follows the browser's languages. */
  language = $state<Choice<'language'>>('auto');
  changes = $state(true);
  /** Whether keyboard shortcuts such as `?` are on. */
  keys = $state(true);
  /** Whether to show notifications for messages that arrive while the page is hidden. */
  notify = $state(false);
  /** Whether to play a sound for them. */
  sound = $state(false);
  /** The server and database to use instead of the site's; empty for the site's. */
  uri = $state('');
  database = $state('');

  /** Restores the stored preferences. Not called while prerendering. */
  load(): void {
    const saved = readStorage(KEY);
    if (typeof saved !== 'object' || saved === null) return;
    const { theme, density, clock, language, ...rest } = saved as Record<string, unknown>;
    this.theme = oneOf(choices.theme, theme);
    this.density = oneOf(choices.density, density);
    this.clock = oneOf(choices.clock, clock);
    this.language = oneOf(choices.language, language);
    for (const name of ['changes', 'keys', 'notify', 'sound'] as const) {
      if (typeof rest[name] === 'boolean') this[name] = rest[name];
    }
    for (const name of ['uri', 'database'] as const) {
      if (typeof rest[name] === 'string') this[name] = rest[name];
    }
  }

  /** All preferences as they are stored. */
  get all(): Record<string, unknown> {
    const { theme, density, clock, language, changes, keys, notify, sound, uri, database } = this;
    return { theme, density, clock, language, changes, keys, notify, sound, uri, database };
  }

  save(): void {
    writeStorage(KEY, this.all);
  }
}

function oneOf<T extends string>(known: readonly [T, ...T[]], value: unknown): T {
  return known.find((choice) => choice === value) ?? known[0];
}

export const preferences = new Preferences();
