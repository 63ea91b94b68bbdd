import { expect, test } from 'vitest';
import { parseLimit } from './limits.ts';

test('a limit is parsed from NAME=VALUE', () => {
  expect(parseLimit('callMillis=5000')).toEqual({ callMillis: 5000 });
  expect(parseLimit('queryRows=none')).toEqual({ queryRows: Infinity });
});

test.each(['', 'callMillis', 'callMillis=', 'callMillis=-1', 'callMillis=1s', 'nothing=1', 'toString=1'])(
  'the limit "%s" is refused with a helpful message',
  (text) => {
    expect(() => parseLimit(text)).toThrow(/is not a (limit|whole number)/);
  },
);
