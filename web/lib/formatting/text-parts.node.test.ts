import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Mention } from './mentions.ts';
import { splitText } from './text-parts.ts';

const mention = (name: string, isMe = false): Mention => ({ name, isMe });
const mentioned = (text: string, ...mentions: Mention[]): string[] =>
  splitText(text, mentions).flatMap((part) => (part.mention ? [`${part.text}=${part.mention.name}`] : []));

it.each([
  ['@Ann', ['@Ann=Ann']],
  ['Hi @ann!', ['@ann=Ann']],
  ['(@Ann), @Ann?', ['@Ann=Ann', '@Ann=Ann']],
  ['@Ann Lee and @Ann', ['@Ann Lee=Ann Lee', '@Ann=Ann']],
  ['@O.K. (x)', ['@O.K. (x)=O.K. (x)']],
  ['@Zoë', ['@Zoë=Zoë']],
  ['@Anna, x@Ann and @ Ann', []],
  ['https://example.com/@Ann', []],
])('finds the mentions in %j', (text, expected) => {
  const names = ['Ann', 'Ann Lee', 'O.K. (x)', 'Zoë', ''];
  expect(mentioned(text, ...names.map((name) => mention(name)))).toEqual(expected);
});

it('finds no mention without a list of names', () => {
  expect(splitText('@Ann')).toEqual([{ text: '@Ann' }]);
});

it('has no empty parts', () => {
  const ann = mention('Ann');
  expect(splitText('@Ann', [ann])).toEqual([{ text: '@Ann', mention: ann }]);
});

it('finds links beside mentions', () => {
  expect(splitText('@Ann: https://example.com', [mention('Ann', true)])).toEqual([
    { text: '@Ann', mention: mention('Ann', true) },
    { text: ': ' },
    { text: 'https://example.com', href: 'https://example.com/' },
  ]);
});

it('splits any text with any names into parts that add up to it', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('@', 'Ann', ' ', 'www.a.b', '\\', '[', '*', '$&'),
  );
  const text = fc.array(piece).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, fc.array(text), (shown, names) => {
      const parts = splitText(
        shown,
        names.map((name) => mention(name)),
      );
      expect(parts.map((part) => part.text).join('')).toBe(shown);
    }),
  );
});
