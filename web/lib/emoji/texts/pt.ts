import type { EmojiTexts } from './en.ts';

export const texts: EmojiTexts = {
  search: 'Buscar emoji',
  nothing: 'Nenhum emoji encontrado',
  recent: 'Usados recentemente',
  groups: {
    smileys: 'Carinhas e emoções',
    people: 'Pessoas e gestos',
    animals: 'Animais e natureza',
    food: 'Comida e bebida',
    travel: 'Viagens e lugares',
    activities: 'Atividades',
    objects: 'Objetos',
    symbols: 'Símbolos',
    flags: 'Bandeiras',
  },
  skinTone: 'Tom de pele',
  tones: {
    none: 'Padrão',
    light: 'Claro',
    mediumLight: 'Médio-claro',
    medium: 'Médio',
    mediumDark: 'Médio-escuro',
    dark: 'Escuro',
  },
};
