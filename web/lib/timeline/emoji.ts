const few =
  /^(?:(?:\p{RI}\p{RI}|\p{Extended_Pictographic}[\uFE0F\p{EMod}]*(?:\u200D\p{Extended_Pictographic}[\uFE0F\p{EMod}]*)*)\s*){1,3}$/u;

/** Whether a message consists of one to three emoji, which are shown large. */
export function isFewEmoji(text: string): boolean {
  return text.length <= 60 && few.test(text);
}
