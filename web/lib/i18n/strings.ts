import type { Strings } from './types.ts';

export type { Strings };

/** Splits a text at its placeholders: literal text at even indexes, placeholder names at odd ones. */
export function pieces(text: string): string[] {
  return text.split(/[{}]/);
}
