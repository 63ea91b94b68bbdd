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
  notify: ['none', 'mentions', 'all'],
} as const;

type Choice<Name extends keyof typeof choices> = (typeof choices)[Name][number];

export class Preferences implements DisplayOptions {
  theme = $state<Choice<'theme'>>('system');
  density = $state<Choice<'density'>>('comfortable');
  clock = $state<Choice<'clock'>>('system');
  /** Language of the page's texts; `auto` follows the browser's languages. */
  language = $state<Choice<'language'>>('auto');
  changes = $state(true);
  /** Whether keyboard shortcuts such as `?` are on. */
  keys = $state(true);
  /** For which messages to show notifications while the page is hidden. `mentions` includes replies. */
  notify = $state<Choice<'notify'>>('none');
  /** Whether to play a sound for messages that arrive while the page is hidden. */
  sound = $state(false);
  /** Whether there are neither notifications nor sounds from `quietFrom` to `quietTo`. */
  quiet = $state(false);
  /** Local time of day, as `HH:MM`. */
  quietFrom = $state('22:00');
  quietTo = $state('07:00');
  /** Whether the reader was offered notifications, and has answered. */
  offered = $state(false);
  /** The server and database to use instead of the site's; empty for the site's. */
  uri = $state('');
  database = $state('');

  /** Restores the stored preferences. Not called while prerendering. */
  load(): void {
    const saved = readStorage(KEY);
    if (typeof saved !== 'object' || saved === null) return;
    const { theme, density, clock, language, notify, ...rest } = saved as Record<string, unknown>;
    this.theme = oneOf(choices.theme, theme);
    this.density = oneOf(choices.density, density);
    this.clock = oneOf(choices.clock, clock);
    this.language = oneOf(choices.language, language);
    // Older versions stored whether to notify of everything.
    this.notify = notify === true ? 'all' : oneOf(choices.notify, notify);
    for (const name of ['changes', 'keys', 'sound', 'quiet', 'offered'] as const) {
      if (typeof rest[name] === 'boolean') this[name] = rest[name];
    }
    for (const name of ['quietFrom', 'quietTo'] as const) {
      const time = rest[name];
      if (typeof time === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(time)) this[name] = time;
    }
    for (const name of ['uri', 'database'] as const) {
      if (typeof rest[name] === 'string') this[name] = rest[name];
    }
  }

  /** All preferences as they are stored. */
  get all(): Record<string, unknown> {
    const { theme, density, clock, language, changes, keys, uri, database } = this;
    const { notify, sound, quiet, quietFrom, quietTo, offered } = this;
    const alerts = { notify, sound, quiet, quietFrom, quietTo, offered };
    return { theme, density, clock, language, changes, keys, ...alerts, uri, database };
  }

  save(): void {
    writeStorage(KEY, this.all);
  }
}

function oneOf<T extends string>(known: readonly [T, ...T[]], value: unknown): T {
  return known.find((choice) => choice === value) ?? known[0];
}

export const preferences = new Preferences();
