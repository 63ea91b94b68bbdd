/** Longer texts are cut before anything is measured. */
const MAX_LENGTH = 200;

/** Returns the beginning of a text on one line. */
export function oneLine(text: string): string {
  return text.slice(0, MAX_LENGTH).replace(/\s+/g, ' ').trim();
}
