/** 0 is the yellow default, then from light to dark. */
export type SkinTone = 0 | 1 | 2 | 3 | 4 | 5;

const modifiers = ['', '🏻', '🏼', '🏽', '🏾', '🏿'] as const;

/** Everyone in an emoji; the hands that join two people have no tone of their own. */
const people = /(?!(?<=\u200D)🤝)(\p{Emoji_Modifier_Base})\uFE0F?/gu;

/** Returns an emoji that has skin tones in the given one. */
export function withTone(emoji: string, tone: SkinTone): string {
  return tone === 0 ? emoji : emoji.replace(people, `$1${modifiers[tone]}`);
}
