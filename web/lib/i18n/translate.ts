/** Translates English texts that do not come from a component: refusals of the module, and errors about addresses. */
import { en } from './en.ts';
import { pieces, type Strings } from './strings.ts';

/** The regular expressions of the placeholders; anything else is free text. */
const forms: Readonly<Record<string, string>> = {
  count: '(\\d+)',
  duration: '(\\d+(?:\\.\\d)? (?:second|minute|hour|day))s?',
};

type Unit = 'second' | 'minute' | 'hour' | 'day';

const expressions = new Map<string, RegExp>();

/**
 * Returns the translation of an English text, or the text itself if there is none, as in English. In a translation,
 * `{duration}` becomes "5 minutes" and `{in}` becomes "in 5 minutes".
 */
export function translate(text: string, t: Strings = en): string {
  const exact = t.translated[text];
  if (exact !== undefined) return exact;
  for (const [pattern, translation] of Object.entries(t.translated)) {
    const names = pieces(pattern).filter((_, index) => index % 2 === 1);
    const found = names.length > 0 && expressionOf(pattern).exec(text);
    if (found)
      return fill(translation, new Map(names.map((name, index) => [name, found[index + 1] ?? ''])), t);
  }
  return text;
}

/** Formats a duration in words: "5 minutes". */
export function durationText(count: number, unit: Unit, locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

function expressionOf(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (!expression) {
    const source = pieces(pattern)
      .map((piece, index) =>
        index % 2 ? (forms[piece] ?? '(.+)') : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('');
    expressions.set(pattern, (expression = new RegExp(`^${source}$`, 's')));
  }
  return expression;
}

function fill(translation: string, values: ReadonlyMap<string, string>, t: Strings): string {
  return pieces(translation)
    .map((piece, index) => (index % 2 ? valueOf(piece, values, t) : piece))
    .join('');
}

function valueOf(name: string, values: ReadonlyMap<string, string>, t: Strings): string {
  if (name === 'count') return new Intl.NumberFormat(t.locale).format(Number(values.get(name)));
  if (name === 'duration' || name === 'in') {
    const [count, unit] = (values.get('duration') ?? '').split(' ');
    if (name === 'duration') return durationText(Number(count), unit as Unit, t.locale);
    return new Intl.RelativeTimeFormat(t.locale).format(Number(count), unit as Unit);
  }
  const value = values.get(name) ?? '';
  // Addresses and names may be left to right within right-to-left text, or the other way round.
  return t.translated[value] ?? (t.dir === 'rtl' ? `\u2068${value}\u2069` : value);
}
