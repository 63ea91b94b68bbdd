import { expect, it } from 'vitest';
import { isInCode } from './code-ranges.ts';

/** Whether the position of `|` is in code. */
const isIn = (marked: string): boolean => isInCode(marked.replace('|', ''), marked.indexOf('|'));

it.each([
  '`a|`',
  '`a\nb|`',
  '`a|\nb',
  'a\n`b|',
  'a\n\n`b|\nc',
  'a\n \n`b|',
  '``a` b|',
  '```\na|\n```',
  '```\na\n``` js\nb|',
  '~~~ `a`\nb|',
  '~~~\n`\n~~~\na `b|',
])('finds that the cursor is in code: %j', (text) => expect(isIn(text)).toBe(true));

it.each([
  'a |`b`',
  'a| `b`',
  'a| b\n```\nc',
  '`a\nb|',
  '`a\nb| c\n\nd`',
  '`a\nb| c\n \nd`',
  '``a`b`` c|',
  '```\na\n```  \nb|',
  '```a``` b\nc|',
  '```a``` `b\nc` d|',
  'a ```\nb|',
  '~~a\nb|',
])('finds that the cursor is not in code: %j', (text) => expect(isIn(text)).toBe(false));
