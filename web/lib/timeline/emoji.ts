const modifiers = String.raw`[\u{FE0F}\p{EMod}\u{E0020}-\u{E007F}]*`;
/** These pictographs are usually text. */
const picture = String.raw`(?![©®™](?!\uFE0F))\p{Extended_Pictographic}${modifiers}`;
const keycap = String.raw`[0-9#*]\uFE0F?\u20E3`;
const few = new RegExp(
  String.raw`^(?:(?:\p{RI}\p{RI}|${keycap}|${picture}(?:\u200D${picture})*)\s*){1,3}$`,
  'u',
);

/** Whether a message consists of one to three emoji, which are shown large. */
export function isFewEmoji(text: string): boolean {
  return text.length <= 60 && few.test(text);
}
