/**
 * The rules of the room: pure functions, shared by the module (which enforces them) and by the clients (which show
 * them while someone types). Those that end in `Problem` return the text that the person should read, or `undefined`
 * when the input is fine; they judge the input as the function that normalises it leaves it.
 */

/** Characters in a name, at most, as `countCharacters` counts them. */
export const NAME_MAX_LENGTH = 32;

/** Characters in a message, at most, as `countCharacters` counts them. */
export const MESSAGE_MAX_LENGTH = 2000;

/**
 * How long a text is: its Unicode code points. Not what a reader would count (a flag is two of them), but the same in
 * every engine whatever its Unicode version, and a bound on what is stored, which graphemes are not.
 */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** A name as it is kept: in composed form (NFC), without space around it, and with single spaces inside. */
export function normalizeName(name: string): string {
  // White space in Unicode's sense, not in that of `\s`: an invisible U+FEFF is no space.
  return name
    .normalize('NFC')
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/^ | $/g, '');
}

/** Why `name` cannot be taken as a display name, or `undefined` when it can. */
export function nameProblem(name: string): string | undefined {
  const normal = normalizeName(name);
  if (isBlank(normal)) return 'Names must not be empty';
  if (isLonger(normal, NAME_MAX_LENGTH)) return `Names must not have more than ${NAME_MAX_LENGTH} characters`;
  if (/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/.test(normal)) {
    return 'Names must not change the direction of the text around them';
  }
  if (hasHidden(normal)) return 'Names must not contain invisible or control characters';
  if (/^\p{M}|\p{M}{5}/u.test(normal)) return 'Names must not pile up accents';
  return undefined;
}

/**
 * What two names have in common that a reader would take for the same one: equal without regard to case, width,
 * compatibility forms and joiners. For comparing only, not for showing.
 */
export function nameKey(name: string): string {
  // Down before up, so that what has several lower-case forms (`ς`, `ß`) ends in one; twice, as the first pass can
  // make letters that compose into others.
  return foldOnce(foldOnce(normalizeName(name)));
}

function foldOnce(text: string): string {
  const folded = text.normalize('NFKD').toLowerCase().toUpperCase();
  return normalizeName(folded.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, ''));
}

/** More marks on one letter than any language needs; longer runs climb over other messages. */
const LONG_MARKS = /(\p{M}{8})\p{M}+/gu;
/** More than two empty lines in a row. */
const LONG_GAP = /\n(?:[^\S\n]*\n){3,}/g;

/**
 * A message as it is kept: line ends are `\n`, control characters other than those and tabs are gone, long runs of
 * combining marks and of empty lines are cut, and no direction mark reaches beyond its line.
 */
export function normalizeMessage(text: string): string {
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .replace(LONG_MARKS, '$1')
    .replace(LONG_GAP, '\n\n\n')
    .split('\n')
    .map(balanceDirections)
    .join('\n');
}

const POP_EMBEDDING = '\u202C';
const POP_ISOLATE = '\u2069';

/**
 * Closes the embeddings, overrides and isolates that a line opens and drops closing marks without an opening one, so
 * that the line cannot turn around what is shown after it (UAX #9).
 */
function balanceDirections(line: string): string {
  if (!/[\u202A-\u202E\u2066-\u2069]/.test(line)) return line;
  const open: string[] = [];
  let balanced = '';
  for (const character of line) {
    if (/[\u202A\u202B\u202D\u202E]/.test(character)) open.push(POP_EMBEDDING);
    else if (/[\u2066-\u2068]/.test(character)) open.push(POP_ISOLATE);
    else if (character === POP_EMBEDDING) {
      if (open[open.length - 1] !== POP_EMBEDDING) continue;
      open.pop();
    } else if (character === POP_ISOLATE) {
      const start = open.lastIndexOf(POP_ISOLATE);
      if (start === -1) continue;
      // The end of an isolate ends what was opened inside of it.
      open.length = start;
    }
    balanced += character;
  }
  return balanced + open.reverse().join('');
}

/** Why `text` cannot be sent as a message, or `undefined` when it can. */
export function messageProblem(text: string): string | undefined {
  const normal = normalizeMessage(text);
  if (isBlank(normal)) return 'Messages must not be empty';
  if (isLonger(normal, MESSAGE_MAX_LENGTH)) {
    return `Messages must not have more than ${MESSAGE_MAX_LENGTH} characters`;
  }
  return undefined;
}

/** The tutorial refuses only `''`; a text of nothing that can be seen looks just as empty to its reader. */
function isBlank(text: string): boolean {
  return !/[^\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

function isLonger(text: string, max: number): boolean {
  // A code point is at most two UTF-16 units: what is far too long need not be counted.
  return text.length > 2 * max || countCharacters(text) > max;
}

const EMOJI = '\\p{Extended_Pictographic}[\\uFE0E\\uFE0F\\p{Emoji_Modifier}]*';
/** Emoji that are made of several, keycaps, and the flags of parts of countries: their joiners and selectors are seen. */
const EMOJI_SEQUENCE = new RegExp(
  `\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]+\\u{E007F}|[0-9#*]\\uFE0F?\\u20E3|${EMOJI}(?:\\u200D${EMOJI})*`,
  'gu',
);
/** Letters of the scripts in which a joiner between two of them changes how a word is written. */
const JOINING = [
  ...['Arabic', 'Syriac', 'Mongolian', 'Nko', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya'],
  ...['Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar'],
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const JOINED = new RegExp(`([${JOINING}]\\p{M}*)[\\u200C\\u200D](?=[${JOINING}])`, 'gu');
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]/u;

function hasHidden(name: string): boolean {
  return HIDDEN.test(name.replace(EMOJI_SEQUENCE, '').replace(JOINED, '$1'));
}
