import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closedShortcodeAt, triggerAt } from './trigger.ts';

/** What is completed at the end of the text, or at `|`. */
function at(marked: string) {
  const cursor = marked.includes('|') ? marked.indexOf('|') : marked.length;
  return triggerAt(marked.replace('|', ''), cursor);
}

describe('a name is completed', () => {
  it.each([
    ['@', 0, ''],
    ['@a', 0, 'a'],
    ['hi @An', 3, 'An'],
    ['hi\n@An', 3, 'An'],
    ['(@An', 1, 'An'],
    ['@Quiet Ot', 0, 'Quiet Ot'],
    ['@Ann, @Be', 6, 'Be'],
    ['see @An| there', 4, 'An'],
    ['こんにちは@たろ', 5, 'たろ'],
    ['`code` @An', 7, 'An'],
    ['```\ncode\n```\n@An', 13, 'An'],
    ['it`s one line\n@An', 14, 'An'],
  ])('after %j', (text, start, query) => {
    expect(at(text)).toEqual({ kind: 'person', start, query });
  });
});

describe('an emoji is completed', () => {
  it.each([
    [':ta', 0, 'ta'],
    ['yes :ta', 4, 'ta'],
    ['yes! :+1', 5, '+1'],
    ['(:ta', 1, 'ta'],
    ['🎉:ta', 2, 'ta'],
    [':thumbs_u', 0, 'thumbs_u'],
  ])('after %j', (text, start, query) => {
    expect(at(text)).toEqual({ kind: 'emoji', start, query });
  });
});

describe('nothing is completed', () => {
  it.each([
    'a@b',
    'ann.lee@exa',
    'ann+tag@exa',
    'https://example.com/@ann',
    '@ ',
    'one @\ntwo',
    ':t',
    ':D',
    ':-D',
    ':)',
    '12:30',
    'at 12:30pm',
    'https://ex',
    'note:ta',
    '::ta',
    ': ta',
    '`@An',
    '`:ta',
    '`code @An` and `@Be',
    '`code @An| more`',
    '``a ` @An',
    '```\n@An',
    '~~~ts\nconst a = 1;\n:ta',
    'one `two\nthree @An| four` five',
    '````\n```\n@An',
  ])('after %j', (text) => {
    expect(at(text)).toBeUndefined();
  });
});

describe('a closed shortcode', () => {
  it.each([
    [':tada:', { start: 0, code: 'tada' }],
    ['well :+1:', { start: 5, code: '+1' }],
    [':100:', { start: 0, code: '100' }],
    ['12:30:', undefined],
    ['a:b:', undefined],
    ['`:tada:', undefined],
    ['```\n:tada:', undefined],
    ['::', undefined],
  ])('in %j is %j', (text, expected) => {
    expect(closedShortcodeAt(text, text.length)).toEqual(expected);
  });
});

describe('for any text', () => {
  const piece = fc.oneof(
    fc.constantFrom('@', ':', '`', '```', '\n', ' ', '12', 'ab', '.', '~~~', '🎉', 'é', '中'),
    fc.string({ maxLength: 3 }),
  );
  const texts = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));

  it('the trigger and its query end at the cursor', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, place) => {
        const cursor = place % (text.length + 1);
        const trigger = triggerAt(text, cursor);
        if (!trigger) return;
        const mark = trigger.kind === 'person' ? '@' : ':';
        expect(text.slice(trigger.start, cursor)).toBe(mark + trigger.query);
      }),
    );
  });

  it('nothing is completed after a letter or digit of a language with spaces', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('a', 'Z', '7', 'é', 'ж', 'ع', '_', '.'), (text, before) => {
        const written = text.replaceAll(/[@:]/g, '') + before;
        expect(at(`${written}@an`.replaceAll('|', ''))).toBeUndefined();
        expect(at(`${written}:an`.replaceAll('|', ''))).toBeUndefined();
      }),
    );
  });

  it('nothing is completed in a fence', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('```', '~~~~', '````js'), (text, fence) => {
        const code = text.replaceAll(/[`~]/g, '');
        const written = `before\n${fence}\n${code}\n`;
        for (const start of ['@an', ':an', ':an:']) {
          const all = written + start;
          expect(triggerAt(all, all.length)).toBeUndefined();
          expect(closedShortcodeAt(all, all.length)).toBeUndefined();
        }
      }),
    );
  });
});

it('recognises a shortcode that was closed in the middle of a text', () => {
  expect(closedShortcodeAt('so :smile: it is', 10)).toEqual({ start: 3, code: 'smile' });
});
