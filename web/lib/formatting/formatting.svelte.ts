/** Loads the parser and its components once a message needs them. */
import { afterPaint } from '../ui/after-paint.ts';
import { mayBeFormatted } from './may-be-formatted.ts';
import type * as FormattedText from './FormattedText.svelte';

type Formatting = typeof FormattedText;

let loaded = $state.raw<Formatting>();
let isLoading = false;

/** Returns undefined until the parser is loaded. Messages are shown as plain text meanwhile. */
export function formatting(): Formatting | undefined {
  return loaded;
}

/** Loads the parser after the next paint. If that fails, the next message that needs it tries again. */
export function loadFormatting(): void {
  if (loaded || isLoading) return;
  isLoading = true;
  afterPaint(async () => {
    loaded = await import('./FormattedText.svelte').catch(() => undefined);
    isLoading = false;
  });
}

/**
 * Returns a message without formatting syntax, to be read out. Returns the text as typed if no message has needed the
 * parser so far.
 */
export function withoutSyntax(text: string): string {
  const blocks = mayBeFormatted(text) ? loaded?.parse(text) : undefined;
  return loaded && blocks ? loaded.plainText(blocks) : text;
}
