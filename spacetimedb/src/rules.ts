/**
 * The rules of the room: pure functions, shared by the module, which enforces them, and the clients, which show them
 * while someone types. Functions whose name ends in `Problem` return the text to show, or `undefined` if the input is
 * fine. They check the normalised input.
 */

/** Maximum characters in a name, as `countCharacters` counts. */
export const NAME_MAX_LENGTH = 32;

/** Maximum characters in a message, as `countCharacters` counts. */
export const MESSAGE_MAX_LENGTH = 2000;

/**
 * The length of a text in Unicode code points. Readers may count differently (a flag is two code points), but code
 * points are the same in every engine and Unicode version, and they limit the stored size, which graphemes do not.
 */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** A name as it is stored: composed (NFC), trimmed, and with single spaces. */
export function normalizeName(name: string): string {
  // Unicode white space, not `\s`, which includes the invisible U+FEFF.
  return name
    .normalize('NFC')
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/^ | $/g, '');
}

/** Why `name` is not allowed as a display name, or `undefined` if it is. */
export function nameProblem(name: string): string | undefined {
  const normal = normalizeName(name);
  if (isBlank(normal)) return 'Names must not be empty';
  if (isLonger(normal, NAME_MAX_LENGTH)) return `Names must not have more than ${NAME_MAX_LENGTH} characters`;
  if (/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/.test(normal)) {
    return 'Names must not change the direction of the text around them';
  }
  if (hasHidden(normal)) return 'Names must not contain invisible or control characters';
  if (/^\p{M}|\p{M}{5}/u.test(normal)) return 'That name has too many accents';
  return undefined;
}

/**
 * A key that is equal for names that readers would take for the same: it ignores case, width, compatibility forms and
 * joiners. For comparing only, not for display.
 */
export function nameKey(name: string): string {
  // Lower case before upper case, so that letters with several lower-case forms (`ς`, `ß`) end in one. Twice, because
  // the first pass can make letters that compose into others.
  return foldOnce(foldOnce(normalizeName(name)));
}

function foldOnce(text: string): string {
  const folded = text.normalize('NFKD').toLowerCase().toUpperCase();
  return normalizeName(folded.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, ''));
}

/** More marks on one letter than any language needs. Longer runs would cover other messages. */
const LONG_MARKS = /(\p{M}{8})\p{M}+/gu;
/** More than two empty lines in a row. */
const LONG_GAP = /\n(?:[^\S\n]*\n){3,}/g;

/**
 * A message as it is stored: line ends are `\n`, other control characters except tabs are removed, long runs of
 * combining marks and empty lines are cut, and no direction mark reaches beyond its line.
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
 * Closes the embeddings, overrides and isolates that a line opens, and drops closing marks without an opening one, so
 * that the line cannot reverse the text that follows it (UAX #9).
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
      // Closing an isolate closes everything opened inside it.
      open.length = start;
    }
    balanced += character;
  }
  return balanced + open.reverse().join('');
}

/** Why `text` cannot be sent as a message, or `undefined` if it can. */
export function messageProblem(text: string): string | undefined {
  const normal = normalizeMessage(text);
  if (isBlank(normal)) return 'Messages must not be empty';
  if (isLonger(normal, MESSAGE_MAX_LENGTH)) {
    return `Messages must not have more than ${MESSAGE_MAX_LENGTH} characters`;
  }
  return undefined;
}

/** The tutorial refuses only `''`. A text without visible characters looks just as empty. */
function isBlank(text: string): boolean {
  return !/[^\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

function isLonger(text: string, max: number): boolean {
  // A code point is at most two UTF-16 units, so much longer texts need no counting.
  return text.length > 2 * max || countCharacters(text) > max;
}

const EMOJI = '\\p{Extended_Pictographic}[\\uFE0E\\uFE0F\\p{Emoji_Modifier}]*';
/** Emoji sequences, keycaps and regional flags, whose joiners and selectors are visible. */
const EMOJI_SEQUENCE = new RegExp(
  `\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]+\\u{E007F}|[0-9#*]\\uFE0F?\\u20E3|${EMOJI}(?:\\u200D${EMOJI})*`,
  'gu',
);

/** Maximum UTF-16 units of an emoji. The longest that Unicode recommends have 15. */
const EMOJI_MAX_UNITS = 32;
const ONE_EMOJI = new RegExp(`^(?:${EMOJI_SEQUENCE.source}|\\p{Regional_Indicator}{2})$`, 'u');

/** Why `emoji` cannot be a reaction, or `undefined` if it can. */
export function emojiProblem(emoji: string): string | undefined {
  return emoji.length <= EMOJI_MAX_UNITS && ONE_EMOJI.test(emoji) ? undefined : 'Choose one emoji';
}

/** Letters of scripts in which a joiner between two letters changes the spelling. */
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
