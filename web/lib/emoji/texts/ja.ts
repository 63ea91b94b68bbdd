import type { EmojiTexts } from './en.ts';

export const texts: EmojiTexts = {
  search: '絵文字を検索',
  nothing: '絵文字が見つかりません',
  recent: '最近使用',
  groups: {
    smileys: 'スマイリーと感情',
    people: '人と身ぶり',
    animals: '動物と自然',
    food: '食べ物と飲み物',
    travel: '旅行と場所',
    activities: '活動',
    objects: '物',
    symbols: '記号',
    flags: '旗',
  },
  skinTone: '肌の色',
  tones: {
    none: '標準',
    light: '明るい',
    mediumLight: 'やや明るい',
    medium: '中間',
    mediumDark: 'やや濃い',
    dark: '濃い',
  },
};
