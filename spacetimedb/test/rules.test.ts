import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MESSAGE_MAX_LENGTH,
  NAME_MAX_LENGTH,
  countCharacters,
  messageProblem,
  nameKey,
  nameProblem,
  normalizeMessage,
  normalizeName,
} from '../src/rules.ts';

/** Text that comes from a database has passed through UTF-8, so it has no halves of surrogate pairs. */
const anyText = fc.string({ unit: 'binary', maxLength: 60 });

const EMPTY_NAME = 'Names must not be empty';
const LONG_NAME = 'Names must not have more than 32 characters';
const HIDDEN = 'Names must not contain invisible or control characters';
const DIRECTION = 'Names must not change the direction of the text around them';
const ACCENTS = 'Names must not pile up accents';

describe('a name', () => {
  test.each([
    ['Ann'],
    ['Zoë'],
    ['李雷'],
    ['Кот'],
    ['x'],
    ['x'.repeat(NAME_MAX_LENGTH)],
    ['😀'.repeat(NAME_MAX_LENGTH)],
    [`  ${'x'.repeat(NAME_MAX_LENGTH)}\n`],
    // Joiners and selectors that are part of what is seen.
    ['👨‍👩‍👧'],
    ['❤️'],
    ['👍🏽'],
    ['1️⃣'],
    ['🇩🇪'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['نام‌ها'],
    ['क्‍ष'],
    ['שָׁלוֹם'],
    ['Nguyễn Thị'],
  ])('may be %j', (name) => expect(nameProblem(name)).toBeUndefined());

  test.each([
    ['', EMPTY_NAME],
    [' \n\t\u3000', EMPTY_NAME],
    ['\u200B\uFEFF', EMPTY_NAME],
    ['\u3164', EMPTY_NAME],
    ['\u2800', EMPTY_NAME],
    ['x'.repeat(NAME_MAX_LENGTH + 1), LONG_NAME],
    ['😀'.repeat(NAME_MAX_LENGTH + 1), LONG_NAME],
    ['An\u0000n', HIDDEN],
    ['An\u001Bn', HIDDEN],
    ['An\u200Bn', HIDDEN],
    ['An\u200Dn', HIDDEN],
    ['\uFEFFAnn', HIDDEN],
    ['An\u00ADn', HIDDEN],
    ['Ann\uFE0F', HIDDEN],
    ['Ann\u{E0041}', HIDDEN],
    ['Ann\uE000', HIDDEN],
    ['\u202EnnA', DIRECTION],
    ['Ann\u2066', DIRECTION],
    ['Ann\u200F', DIRECTION],
    ['Z\u0335\u0336\u0337\u0338\u0321', ACCENTS],
    ['\u0301Ann', ACCENTS],
  ])('may not be %j: %s', (name, problem) => expect(nameProblem(name)).toBe(problem));

  test('is kept composed, trimmed and with single spaces', () => {
    expect(normalizeName('  Zoe\u0308 \t\n van\u00A0 Dyk ')).toBe('Zoë van Dyk');
  });

  test('is normal once it was normalised, and is judged by that form', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const normal = normalizeName(name);
        expect(normalizeName(normal)).toBe(normal);
        expect(nameProblem(normal)).toBe(nameProblem(name));
      }),
    );
  });

  test('that is accepted has its limits', () => {
    const likely = fc.string({
      unit: fc.constantFrom('a', 'É', 'e\u0301', ' ', '\u3000', '\u200D', '😀', '\u202E', '\n', 'ß'),
    });
    fc.assert(
      fc.property(fc.oneof(anyText, likely), (name) => {
        if (nameProblem(name) !== undefined) return;
        const normal = normalizeName(name);
        expect(countCharacters(normal)).toBeGreaterThan(0);
        expect(countCharacters(normal)).toBeLessThanOrEqual(NAME_MAX_LENGTH);
        expect(normal).not.toMatch(/^\s|\s$|\s\s|\p{Cc}|[\u202A-\u202E\u2066-\u2069\u200B]/u);
        expect(nameKey(normal)).not.toBe('');
      }),
    );
  });
});

describe('two names are the same', () => {
  test.each([
    ['Alice', 'alice'],
    ['Ａlice', 'alice'],
    ['ALICE', ' alice '],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['ﬁn', 'FIN'],
    ['Zoë', 'zoe\u0308'],
    ['①', '1'],
    ['ｶﾞ', 'ガ'],
    ['ℌ', 'h'],
    ['a\u00A0b', 'A  B'],
    ['❤️', '❤'],
    ['نام‌ها', 'نامها'],
  ])('when they are %j and %j', (one, other) => expect(nameKey(one)).toBe(nameKey(other)));

  test.each([
    ['Ann', 'Anne'],
    ['a b', 'ab'],
    ['José', 'Jose'],
    ['1', '2'],
  ])('but not when they are %j and %j', (one, other) => expect(nameKey(one)).not.toBe(nameKey(other)));

  // Iota subscripts are left out: in capitals they become letters, and then an accent behind them is one on another letter.
  const foldable = anyText.filter((text) => !/\u0345/.test(text.normalize('NFD')));

  test('whatever the case, the width and the composition', () => {
    fc.assert(
      fc.property(foldable, (name) => {
        const key = nameKey(name);
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) expect(nameKey(name.normalize(form))).toBe(key);
        expect(nameKey(name.toLowerCase())).toBe(key);
        expect(nameKey(name.toUpperCase())).toBe(key);
        expect(nameKey(normalizeName(name))).toBe(key);
        expect(nameKey(key)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a message', () => {
  test.each([
    ['hello'],
    [' hello\n\n  world\t'],
    ['\u202Ehello'],
    ['x'.repeat(MESSAGE_MAX_LENGTH)],
    ['😀'.repeat(MESSAGE_MAX_LENGTH)],
    ['\r\n'.repeat(MESSAGE_MAX_LENGTH - 1) + 'x'],
  ])('may be %j', (text) => expect(messageProblem(text)).toBeUndefined());

  test.each(['', ' ', '\n\t', '\u3000', '\u200B', '\u0000\u0007', '\u3164'])('may not be %j', (text) =>
    expect(messageProblem(text)).toBe('Messages must not be empty'),
  );

  test.each(['x', '😀'])('may not have more than 2000 of %s', (character) => {
    expect(messageProblem(character.repeat(MESSAGE_MAX_LENGTH + 1))).toBe(
      'Messages must not have more than 2000 characters',
    );
  });

  test('has line ends of one kind and no control characters', () => {
    expect(normalizeMessage('a\r\nb\rc\n\nd\u2028e\u0085f\u0000\u001Bg\u007F\th ')).toBe(
      'a\nb\nc\n\nd\ne\nfg\th ',
    );
  });

  test('is untouched otherwise', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const normal = normalizeMessage(text);
        expect(normalizeMessage(normal)).toBe(normal);
        expect(messageProblem(normal)).toBe(messageProblem(text));
        if (!/[\p{Cc}\u2028\u2029]/u.test(text)) expect(normal).toBe(text);
      }),
    );
  });
});

test('a character is a code point', () => {
  expect(['', 'abc', '😀', '🇩🇪', 'e\u0301'].map(countCharacters)).toEqual([0, 3, 1, 2, 2]);
});
