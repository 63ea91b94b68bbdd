import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitLinks } from './links.ts';

const links = (text: string) => splitLinks(text).filter(({ href }) => href !== undefined);

it.each([
  ['https://example.com', 'https://example.com', 'https://example.com/'],
  ['see www.example.com/x now', 'www.example.com/x', 'https://www.example.com/x'],
  ['HTTP://EXAMPLE.COM/A', 'HTTP://EXAMPLE.COM/A', 'http://example.com/A'],
  ['It is at https://example.com/a.', 'https://example.com/a', 'https://example.com/a'],
  ['(https://example.com/a)', 'https://example.com/a', 'https://example.com/a'],
  ['https://example.org/Foo_(bar)', 'https://example.org/Foo_(bar)', 'https://example.org/Foo_(bar)'],
  ['https://example.com/?q=a&b=c#d!', 'https://example.com/?q=a&b=c#d', 'https://example.com/?q=a&b=c#d'],
])('finds the address in %j', (text, shown, href) => {
  expect(links(text)).toEqual([{ text: shown, href }]);
});

it.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'http://',
  'www.',
  'example.com',
  'file:///etc/passwd',
  'ftp://a.b',
])('leaves %j alone', (text) => {
  expect(links(text)).toEqual([]);
});

it('ends an address at a control that turns the direction of text', () => {
  expect(links('https://example.com/\u202egpj.exe')[0]?.text).toBe('https://example.com/');
});

it('loses nothing of any text, and links only to the web', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.constantFrom('javascript:', 'https://', 'www.', '(', ')', '.', ' ', '\n', '\u202e'),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      const parts = splitLinks(text);
      expect(parts.map((part) => part.text).join('')).toBe(text);
      for (const { href } of parts) if (href !== undefined) expect(href).toMatch(/^https?:\/\//);
    }),
  );
});
