import type { EmojiTexts } from './en.ts';

export const texts: EmojiTexts = {
  search: 'Buscar emoji',
  nothing: 'No se encontró ningún emoji',
  recent: 'Usados recientemente',
  groups: {
    smileys: 'Caritas y emociones',
    people: 'Personas y gestos',
    animals: 'Animales y naturaleza',
    food: 'Comida y bebida',
    travel: 'Viajes y lugares',
    activities: 'Actividades',
    objects: 'Objetos',
    symbols: 'Símbolos',
    flags: 'Banderas',
  },
  skinTone: 'Tono de piel',
  tones: {
    none: 'Predeterminado',
    light: 'Claro',
    mediumLight: 'Medio claro',
    medium: 'Medio',
    mediumDark: 'Medio oscuro',
    dark: 'Oscuro',
  },
};
