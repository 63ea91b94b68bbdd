import type { Strings } from './types.ts';

export type { Strings };

/** The pieces of a marked text: at even indexes what stands between the marks, at odd ones what is marked. */
export function pieces(text: string): string[] {
  return text.split(/[{}]/);
}
