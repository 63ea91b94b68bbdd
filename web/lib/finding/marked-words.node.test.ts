import fc from 'fast-check';
import { expect, it } from 'vitest';
import { excerpt, markWords } from './marked-words.ts';

const shown = (text: string, sought: string): string =>
  markWords(text, sought)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join('');

it.each([
  ['See you in the café, Zoë!', 'cafe zoe', 'See you in the [café], [Zoë]!'],
  ['CAFE\u0301 cafe\u0301s', 'Café', '[CAFE\u0301] [cafe\u0301]s'],
  ['Straße', 'STRASSE', '[Straße]'],
  ['banana', 'an', 'b[anan]a'],
  ['nothing here', 'else', 'nothing here'],
  ['', 'else', ''],
  ['今日は天気がいい', '天気', '今日は[天気]がいい'],
  ['one two', '  two   one ', '[one] [two]'],
])('marks in %j the words of %j', (text, sought, expected) => expect(shown(text, sought)).toBe(expected));

it('keeps every character of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, sought) => {
      const parts = markWords(text, sought);
      expect(parts.map(({ text }) => text).join('')).toBe(text);
    }),
  );
});

it('shows the first match of a long message near its beginning', () => {
  const long = `${'many words before it '.repeat(20)}needle${' and words after it'.repeat(50)}`;
  const parts = excerpt(markWords(long, 'needle'));
  expect(parts[0]?.text).toMatch(/^…\w/);
  expect(parts[0]?.text.length).toBeLessThanOrEqual(41);
  expect(parts[1]).toEqual({ text: 'needle', isMatch: true });
  expect(parts.map(({ text }) => text).join('').length).toBeLessThanOrEqual(300);
});

it('does not change short messages', () => {
  const parts = markWords('a short needle', 'needle');
  expect(excerpt(parts)).toEqual(parts);
});
