import { expect, it } from 'vitest';
import { linkTarget } from './link-target.ts';

it.each([
  ['https://a.example/<b>', 'https://a.example/%3Cb%3E'],
  ['<https://a.example/b>', 'https://a.example/b'],
  ['https://a.example/\\(b\\)', 'https://a.example/(b)'],
  ['https://a.example/b\\c', 'https://a.example/b/c'],
])('reads where %j leads', (written, href) => expect(linkTarget('x', written)?.href).toBe(href));

it.each([
  'xhttps://a.example',
  'xmailto:ann@a.example',
  'tel:1',
  'https://a.example/b c',
  'https://a.example/\u202e',
  'https://a.example/\u00ad',
])('leads nowhere from %j', (written) => expect(linkTarget('x', written)).toBeUndefined());

it.each([
  ['v1.2', 'https://a.example'],
  ['((a.example))', 'https://a.example'],
  ['http://a.example', 'https://a.example'],
  ['a.example/path?and=more', 'https://a.example'],
  ['mailto:ann@a.example', 'mailto:ann@a.example'],
])('needs no host beside %j, which claims nothing else', (label, written) => {
  expect(linkTarget(label, written)?.shown).toBeUndefined();
});

it.each([
  ['10.20.30.40', 'https://a.example', 'a.example'],
  ['x.example', 'https://x.www.example', 'x.www.example'],
  ['a.https://example', 'https://a.example', 'a.example'],
])('shows beside %j that %s leads to %s', (label, written, shown) => {
  expect(linkTarget(label, written)?.shown).toBe(shown);
});
