/** The texts of the emoji picker. They load with it. */
export const texts = {
  search: 'Search emoji',
  nothing: 'No emoji found',
  recent: 'Recently used',
  /** In the order of the data. */
  groups: {
    smileys: 'Smileys and feelings',
    people: 'People and gestures',
    animals: 'Animals and nature',
    food: 'Food and drink',
    travel: 'Travel and places',
    activities: 'Activities',
    objects: 'Objects',
    symbols: 'Symbols',
    flags: 'Flags',
  },
  skinTone: 'Skin tone',
  /** From the default to the darkest. */
  tones: {
    none: 'Default',
    light: 'Light',
    mediumLight: 'Medium-light',
    medium: 'Medium',
    mediumDark: 'Medium-dark',
    dark: 'Dark',
  },
};

export type EmojiTexts = typeof texts;
