import type { EmojiTexts } from './en.ts';

// The data has no Arabic names, so the search is in English.
export const texts: EmojiTexts = {
  search: 'ابحث عن رمز تعبيري (بالإنجليزية)',
  nothing: 'لم يُعثر على رمز تعبيري',
  recent: 'المستخدمة مؤخرًا',
  groups: {
    smileys: 'الوجوه والمشاعر',
    people: 'الأشخاص والإيماءات',
    animals: 'الحيوانات والطبيعة',
    food: 'الطعام والشراب',
    travel: 'السفر والأماكن',
    activities: 'الأنشطة',
    objects: 'الأشياء',
    symbols: 'الرموز',
    flags: 'الأعلام',
  },
  skinTone: 'لون البشرة',
  tones: {
    none: 'افتراضي',
    light: 'فاتح',
    mediumLight: 'فاتح متوسط',
    medium: 'متوسط',
    mediumDark: 'داكن متوسط',
    dark: 'داكن',
  },
};
