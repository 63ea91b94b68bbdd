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
  ['\u0301', 'else', '\u0301'],
  ['Maß', 'mas', '[Ma]ß'],
  ['ßa', 'sa', '[ßa]'],
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

it.each([
  ['a short needle'],
  [`${'not very long '.repeat(5)}needle`],
  [`needle ${'after the match '.repeat(12)}`],
  ['no match in a message that is longer than eighty characters, which is where others are cut off'],
])('leaves %j as it is', (text) => {
  const parts = markWords(text, 'needle');
  expect(excerpt(parts)).toEqual(parts);
});

it.each([
  [`${'x'.repeat(60)} ${'y'.repeat(38)} `, `…${'y'.repeat(38)} `],
  ['x'.repeat(100), `…${'x'.repeat(40)}`],
  [`${'word '.repeat(19)}a last `, `…${'word '.repeat(6)}a last `],
])('cuts %j before a match at a space, if there is one', (before, expected) => {
  expect(excerpt(markWords(`${before}needle`, 'needle'))[0]).toEqual({ text: expected, isMatch: false });
});

it('cuts off a long message after 300 characters', () => {
  const parts = excerpt(markWords(`${'needle and '.repeat(30)}so on`, 'needle'));
  expect(parts.map(({ text }) => text).join('')).toBe('needle and '.repeat(30).slice(0, 300));
  expect(parts.every(({ text }) => text !== '')).toBe(true);
});
