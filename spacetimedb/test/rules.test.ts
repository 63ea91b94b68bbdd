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
import { nameLooks } from '../src/look-alikes.ts';

/** Text from a database has passed through UTF-8, so it has no lone surrogates. */
const anyText = fc.string({ unit: 'binary', maxLength: 60 });

const EMPTY_NAME = 'Names must not be empty';
const LONG_NAME = 'Names must not have more than 32 characters';
const HIDDEN = 'Names must not contain invisible or control characters';
const DIRECTION = 'Names must not change the direction of the text around them';
const ACCENTS = 'That name has too many accents';

describe('names', () => {
  test.each([
    ['Ann'],
    ['Zoë'],
    ['李雷'],
    ['Кот'],
    ['x'],
    ['x'.repeat(NAME_MAX_LENGTH)],
    ['😀'.repeat(NAME_MAX_LENGTH)],
    [`  ${'x'.repeat(NAME_MAX_LENGTH)}\n`],
    // Joiners and selectors that are part of a visible character.
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
  ])('a name may be %j', (name) => expect(nameProblem(name)).toBeUndefined());

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
  ])('a name may not be %j: %s', (name, problem) => expect(nameProblem(name)).toBe(problem));

  test('a name is stored composed, trimmed and with single spaces', () => {
    expect(normalizeName('  Zoe\u0308 \t\n van\u00A0 Dyk ')).toBe('Zoë van Dyk');
  });

  test('normalising a name twice changes nothing, and names are judged in normal form', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const normal = normalizeName(name);
        expect(normalizeName(normal)).toBe(normal);
        expect(nameProblem(normal)).toBe(nameProblem(name));
      }),
    );
  });

  test('an accepted name is within the limits', () => {
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

describe('nameKey', () => {
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
  ])('%j and %j are the same name', (one, other) => expect(nameKey(one)).toBe(nameKey(other)));

  test.each([
    ['Ann', 'Anne'],
    ['a b', 'ab'],
    ['José', 'Jose'],
    ['1', '2'],
  ])('%j and %j are different names', (one, other) => expect(nameKey(one)).not.toBe(nameKey(other)));

  // Iota subscripts are excluded: in capitals they become letters, which would move a following accent.
  const foldable = anyText.filter((text) => !/\u0345/.test(text.normalize('NFD')));

  test('nameKey ignores case, width and composition', () => {
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

describe('messages', () => {
  test.each([
    ['hello'],
    [' hello\n\n  world\t'],
    ['\u202Ehello'],
    ['x'.repeat(MESSAGE_MAX_LENGTH)],
    ['😀'.repeat(MESSAGE_MAX_LENGTH)],
    ['\r\n'.repeat(MESSAGE_MAX_LENGTH - 1) + 'x'],
  ])('a message may be %j', (text) => expect(messageProblem(text)).toBeUndefined());

  test.each(['', ' ', '\n\t', '\u3000', '\u200B', '\u0000\u0007', '\u3164'])(
    'a message may not be %j',
    (text) => expect(messageProblem(text)).toBe('Messages must not be empty'),
  );

  test.each(['x', '😀'])('a message may not have more than 2000 of %s', (character) => {
    expect(messageProblem(character.repeat(MESSAGE_MAX_LENGTH + 1))).toBe(
      'Messages must not have more than 2000 characters',
    );
  });

  test('a message is stored with uniform line ends and without control characters', () => {
    expect(normalizeMessage('a\r\nb\rc\n\nd\u2028e\u0085f\u0000\u001Bg\u007F\th ')).toBe(
      'a\nb\nc\n\nd\ne\nfg\th ',
    );
  });

  test('other texts are stored unchanged', () => {
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

describe('nameLooks', () => {
  const looksAlike = (one: string, other: string): boolean => {
    const looks = new Set(nameLooks(one));
    return nameLooks(other).some((look) => looks.has(look));
  };

  test.each([
    ['\u0410dmin', 'Admin'],
    ['\u0410dmin', 'admin'],
    ['\u0430dmin', 'ADMIN'],
    ['Adm\u0456n', 'Admin'],
    ['BiII', 'Bill'],
    ['Ann\u0435', 'Anne'],
    ['\u{1D400}nn', 'Ann'],
    ['P\u03B1ul', 'Paul'],
    ['R0b', 'Rob'],
    ['\u041C\u0430\u0440\u0443', 'Mapy'],
  ])('%j and %j look the same', (one, other) => expect(looksAlike(one, other)).toBe(true));

  test.each([
    ['Ann', 'Anne'],
    ['Ian', 'Lan'],
    ['Ali', 'All'],
    ['Zoe', 'Zo\u00EB'],
    ['\u0410\u043D\u043D\u0430', 'Anna'],
    ['\u674E', '\u5F20'],
  ])('%j and %j do not look the same', (one, other) => expect(looksAlike(one, other)).toBe(false));

  test('names with the same nameKey always look the same', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        if (nameProblem(name) !== undefined) return;
        for (const other of [name.toLowerCase(), normalizeName(name)]) {
          if (nameKey(other) === nameKey(name)) expect(looksAlike(name, other)).toBe(true);
        }
      }),
    );
  });
});

describe('a message affects nothing beyond its lines', () => {
  test.each([
    ['Z' + '\u0335'.repeat(40) + 'algo', 'Z' + '\u0335'.repeat(8) + 'algo'],
    ['a\n\n\n\n\n\nb', 'a\n\n\nb'],
    ['a\n \n\t\n \n\n b', 'a\n\n\n b'],
    ['\u202Egnp.exe', '\u202Egnp.exe\u202C'],
    ['\u2067abc\ndef', '\u2067abc\u2069\ndef'],
    ['abc\u202C\u2069', 'abc'],
    ['\u2066a\u202Eb\u2069c', '\u2066a\u202Eb\u2069c'],
    ['\u202Aa\u2069b\u202C', '\u202Aab\u202C'],
  ])('%j is stored as %j', (text, kept) => expect(normalizeMessage(text)).toBe(kept));

  test.each([
    ['a\n\n\nb'],
    ['\u05E9\u05C1\u05B8\u05DC\u05D5\u05B9\u05DD'],
    ['\u0E19\u0E49\u0E33 \u0E17\u0E35\u0E48'],
    ['\u1E2B\u0323\u0304'],
    ['\u0F56\u0F66\u0F92\u0FB2\u0F74\u0F56\u0F66'],
    ['\u200F\u0645\u0631\u062D\u0628\u0627 (test)\u200F'],
    ['\u2068\u0639\u0631\u0628\u064A\u2069 and English'],
    ['\u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u2764\uFE0F 1\uFE0F\u20E3'],
    ['Vie\u0302\u0323t Nam'],
  ])('%j is stored unchanged', (text) => expect(normalizeMessage(text)).toBe(text));

  const risky = fc.string({
    unit: fc.constantFrom(
      'a',
      '\n',
      ' ',
      '\u0301',
      '\u202A',
      '\u202E',
      '\u202C',
      '\u2066',
      '\u2068',
      '\u2069',
      '\u05D0',
    ),
    maxLength: 80,
  });

  test('in any message marks are balanced in each line, runs are bounded, and normalising twice changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(risky, anyText), (text) => {
        const kept = normalizeMessage(text);
        expect(normalizeMessage(kept)).toBe(kept);
        expect(kept).not.toMatch(/\p{M}{9}/u);
        expect(kept).not.toMatch(/\n(?:[^\S\n]*\n){3}/);
        for (const line of kept.split('\n')) {
          const count = (marks: RegExp) => line.match(marks)?.length ?? 0;
          expect(count(/[\u2066-\u2068]/g)).toBe(count(/\u2069/g));
          expect(count(/\u202C/g)).toBeLessThanOrEqual(count(/[\u202A\u202B\u202D\u202E]/g));
        }
      }),
    );
  });
});
