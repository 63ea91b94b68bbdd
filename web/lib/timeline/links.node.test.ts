import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { hostileTexts, unruledTexts } from '../../tools/checks/hostile-texts.ts';
import { splitLinks } from './links.ts';

const links = (text: string) => splitLinks(text).filter(({ href }) => href !== undefined);

it.each([
  ['https://example.com', 'https://example.com', 'https://example.com/'],
  ['see www.example.com/x now', 'www.example.com/x', 'https://www.example.com/x'],
  ['HTTP://EXAMPLE.COM/A', 'HTTP://EXAMPLE.COM/A', 'http://example.com/A'],
  ['It is at https://example.com/a.', 'https://example.com/a', 'https://example.com/a'],
  ['(https://example.com/a)', 'https://example.com/a', 'https://example.com/a'],
  ['{https://example.com/a}', 'https://example.com/a', 'https://example.com/a'],
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
  'www..',
  'example.com',
  'file:///etc/passwd',
  'ftp://a.b',
])('finds no address in %j', (text) => {
  expect(links(text)).toEqual([]);
});

it('splits a text at its addresses only, and has no empty parts', () => {
  expect(splitLinks('https://a.example https://b.example')).toEqual([
    { text: 'https://a.example', href: 'https://a.example/' },
    { text: ' ' },
    { text: 'https://b.example', href: 'https://b.example/' },
  ]);
  expect(splitLinks('http://? is none')).toEqual([{ text: 'http://? is none' }]);
});

it.each(['\u202e', '\u2066', '\u200e', '\u200f', '\u061c'])(
  'ends an address at a bidirectional control (%j)',
  (control) => expect(links(`https://example.com/${control}gpj.exe`)[0]?.text).toBe('https://example.com/'),
);

it.each(['https://bank.example@evil.example/', 'https://a:b@evil.example', 'www.bank.example@evil.example'])(
  'does not link %j, which looks like one site but leads to another',
  (text) => expect(links(text)).toEqual([]),
);

it.each([')', '(', '()', ').', 'https://a)'])(
  'reads each character of a long text of %j only a few times',
  (piece) => {
    const text = `https://example.com/${piece.repeat(20_000)}`;
    const looks = vi.spyOn(String.prototype, 'charAt');
    const iterations = vi.spyOn(
      String.prototype as unknown as Record<symbol, () => unknown>,
      Symbol.iterator,
    );
    onTestFinished(() => void vi.restoreAllMocks());
    const parts = splitLinks(text);
    const [looked, iterated] = [looks.mock.calls.length, iterations.mock.calls.length];
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(looked).toBeLessThanOrEqual(2 * text.length);
    // Each iteration visits a whole address.
    expect(iterated).toBeLessThanOrEqual(parts.filter(({ href }) => href !== undefined).length + 1);
  },
);

/** Properties of every text: the parts add up to it, and each link leads where its text says. */
function expectHonest(text: string): void {
  const parts = splitLinks(text);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  for (const { text: shown, href } of parts) {
    if (href === undefined) continue;
    const { protocol, username, password } = new URL(href);
    expect(['http:', 'https:']).toContain(protocol);
    expect(username + password).toBe('');
    expect(shown).toMatch(/^(?:https?:\/\/|www\.)[^\s<>"]+$/i);
    expect(new URL(shown.replace(/^www\./i, 'https://$&')).href).toBe(href);
  }
}

it.each([...hostileTexts, ...unruledTexts])('splits %j into parts that hide nothing', expectHonest);

it('splits any text into parts that hide nothing', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.constantFrom(...hostileTexts),
    fc.constantFrom(
      'javascript:',
      'data:',
      'https://',
      'http:',
      'www.',
      '@',
      ':',
      '/',
      '\\',
      '(',
      ')',
      '.',
      ' ',
    ),
    fc.constantFrom('\n', '\t', '\0', '"', "'", '\u202e', '\u200b', '\ud800'),
  );
  fc.assert(fc.property(fc.array(piece), (pieces) => expectHonest(pieces.join(''))));
});
