import type { EmojiTexts } from './en.ts';

export const texts: EmojiTexts = {
  search: 'Rechercher un emoji',
  nothing: 'Aucun emoji trouvé',
  recent: 'Utilisés récemment',
  groups: {
    smileys: 'Smileys et émotions',
    people: 'Personnes et gestes',
    animals: 'Animaux et nature',
    food: 'Nourriture et boissons',
    travel: 'Voyages et lieux',
    activities: 'Activités',
    objects: 'Objets',
    symbols: 'Symboles',
    flags: 'Drapeaux',
  },
  skinTone: 'Couleur de peau',
  tones: {
    none: 'Par défaut',
    light: 'Claire',
    mediumLight: 'Moyennement claire',
    medium: 'Moyenne',
    mediumDark: 'Moyennement foncée',
    dark: 'Foncée',
  },
};
