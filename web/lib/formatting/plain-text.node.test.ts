import { expect, it } from 'vitest';
import { parse } from './parse.ts';
import { plainText } from './plain-text.ts';

it('returns a line for each block, and the hosts shown with links', () => {
  const text =
    'a **b** `c`\n> d\n- e\n- f\n```\ng\n```\n[bank.example](https://evil.example) [h](https://a.example)';
  expect(plainText(parse(text) ?? [])).toBe('a b c\nd\ne\nf\ng\nbank.example (evil.example) h');
});
