import type { Translatable } from './translatable.ts';
import type { Strings } from './types.ts';

export type { Strings };

/** The texts of a language other than English. None may be missing. */
export type Translation = Omit<Strings, 'translated'> & {
  readonly translated: Readonly<Record<Translatable, string>>;
};

/** Splits a text at its placeholders: literal text at even indexes, placeholder names at odd ones. */
export function pieces(text: string): string[] {
  return text.split(/[{}]/);
}
