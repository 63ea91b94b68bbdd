import type { EmojiTexts } from './en.ts';

export const texts: EmojiTexts = {
  search: 'Emoji suchen',
  nothing: 'Kein Emoji gefunden',
  recent: 'Zuletzt verwendet',
  groups: {
    smileys: 'Smileys und Gefühle',
    people: 'Menschen und Gesten',
    animals: 'Tiere und Natur',
    food: 'Essen und Trinken',
    travel: 'Reisen und Orte',
    activities: 'Aktivitäten',
    objects: 'Gegenstände',
    symbols: 'Symbole',
    flags: 'Flaggen',
  },
  skinTone: 'Hautton',
  tones: {
    none: 'Standard',
    light: 'Hell',
    mediumLight: 'Mittelhell',
    medium: 'Mittel',
    mediumDark: 'Mitteldunkel',
    dark: 'Dunkel',
  },
};
