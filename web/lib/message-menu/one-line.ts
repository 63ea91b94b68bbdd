import { withoutSyntax } from '../formatting/formatting.svelte.ts';

/** Longer texts are cut before anything is measured. */
const MAX_LENGTH = 200;

/** Returns the beginning of a message on one line, without formatting syntax if the parser is loaded. */
export function oneLine(text: string): string {
  return withoutSyntax(text).slice(0, MAX_LENGTH).replace(/\s+/g, ' ').trim();
}
