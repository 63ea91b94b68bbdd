import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileTexts, unruledTexts } from '../../tools/checks/hostile-texts.ts';
import { mayBeFormatted } from './may-be-formatted.ts';
import { parse, type Block, type Inline } from './parse.ts';

/** Writes blocks in a short form: `strong(a)`. */
const inlines = (nodes: readonly Inline[]): string =>
  nodes
    .map((node) =>
      node.type === 'text'
        ? node.text
        : node.type === 'code'
          ? `code(${node.text})`
          : node.type === 'link'
            ? `link(${inlines(node.children)}→${node.target.href}${node.target.shown === undefined ? '' : ` shows ${node.target.shown}`})`
            : `${node.type}(${inlines(node.children)})`,
    )
    .join('');
const written = (blocks: readonly Block[]): string =>
  blocks
    .map((block) =>
      block.type === 'text'
        ? inlines(block.children)
        : block.type === 'code'
          ? `block:${block.language}(${block.text})`
          : block.type === 'quote'
            ? `quote(${written(block.children)})`
            : `${block.start ?? ''}list(${block.items.map(written).join(', ')})`,
    )
    .join(' | ');
const read = (text: string): string | undefined => {
  const blocks = parse(text);
  return blocks && written(blocks);
};

describe('formatting', () => {
  it.each([
    ['**bold** and __bold__', 'strong(bold) and strong(bold)'],
    ['*italic* and _italic_', 'em(italic) and em(italic)'],
    ['~~gone~~', 'del(gone)'],
    ['***both***', 'em(strong(both))'],
    ['a `code **x** @y` b', 'a code(code **x** @y) b'],
    ['`` a`b ``', 'code(a`b)'],
    ['` a `', 'code(a)'],
    ['`a b `', 'code(a b )'],
    ['` a b`', 'code( a b)'],
    ['` a  b `', 'code(a  b)'],
    ['**a\nb**', 'strong(a\nb)'],
    ['**a\n  b**', 'strong(a\n  b)'],
    ['a  \n  b **c**', 'a  \n  b strong(c)'],
    ['a\n  \n**b**', 'a\n  \nstrong(b)'],
    ['\\*not italic\\*', '*not italic*'],
  ])('reads %j', (text, expected) => expect(read(text)).toBe(expected));

  it.each([
    ['```\n**a**\n\n  b\n```', 'block:(**a**\n\n  b)'],
    ['```js\nlet a;\n```\nafter', 'block:js(let a;) | after'],
    ['before\n~~~ TS title\nlet a;\n~~~', 'before | block:ts(let a;)'],
    ['```\nnot closed', 'block:(not closed)'],
    ['> ```\n> a\n>   b\n> ```', 'quote(block:(a\n  b))'],
    ['- ```\n  a\n    b\n  ```', 'list(block:(a\n  b))'],
    ['```\r\na\r\nb\r\n```', 'block:(a\r\nb)'],
    ['```\na\n\n```', 'block:(a)'],
  ])('reads the code block in %j', (text, expected) => expect(read(text)).toBe(expected));

  it.each([
    ['> quoted\nanswer', 'quote(quoted) | answer'],
    ['> one\n> **two**\n>\n> three', 'quote(one\nstrong(two)\n\nthree)'],
    ['> > deep\n> less', 'quote(quote(deep) | less)'],
    ['>> deep', 'quote(quote(deep))'],
    ['> **a** b', 'quote(strong(a) b)'],
    ['> a  \n>   b', 'quote(a  \nb)'],
    ['> - a\n>   b', 'quote(list(a\nb))'],
  ])('reads the quote in %j', (text, expected) => expect(read(text)).toBe(expected));

  it.each([
    ['- a\n- **b**', 'list(a, strong(b))'],
    ['* a\n* b', 'list(a, b)'],
    ['Todo:\n1. a\n2. b\nWho does it?', 'Todo: | 1list(a, b) | Who does it?'],
    ['7. a\n8. b', '7list(a, b)'],
    ['- a\n  - b\n    c\n- d', 'list(a | list(b\nc), d)'],
    ['- a\n\n  b', 'list(a\n\nb)'],
    ['- a  \n  b', 'list(a  \nb)'],
    ['- a\n-\n- b', 'list(a, , b)'],
  ])('reads the list in %j', (text, expected) => expect(read(text)).toBe(expected));

  it('keeps spaces, line breaks and blank lines between paragraphs', () => {
    expect(read('  one\n\n\n    two\nthree  \n**four**')).toBe('  one\n\n\n    two\nthree  \nstrong(four)');
  });

  it.each([
    ['# **a**', '# strong(a)'],
    ['**a**\n---', 'strong(a)\n---'],
    ['<p>\n**a**', '<p>\nstrong(a)'],
    ['<b *c*>', '<b em(c)>'],
    ['    **a**', '    strong(a)'],
    ['[*a*]: x', '[em(a)]: x'],
    ['**a** [x]()', 'strong(a) [x]()'],
    ['>no quote\n**a**', '>no quote\nstrong(a)'],
    ['> >no quote **a**', 'quote(>no quote strong(a))'],
    ['- - -\n**a**', '- - -\nstrong(a)'],
    ['+ **a**', '+ strong(a)'],
    ['> 12) **a**', 'quote(12) strong(a))'],
  ])('formats what is in %j, which is otherwise left as typed', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('does not split text without formatting', () => {
    expect(parse('**a** b\\*c')).toEqual([
      {
        type: 'text',
        children: [
          { type: 'strong', children: [{ type: 'text', text: 'a' }] },
          { type: 'text', text: ' b*c' },
        ],
      },
    ]);
  });

  it.each([
    '# no heading',
    'no heading\n===',
    'line\n---',
    '***',
    '- - -',
    '![no image](https://example.com/a.png)',
    '<b>no html</b>',
    '| no | table |\n|----|-------|\n| a  | b     |',
    'a footnote[^1]\n\n[^1]: here',
    '[reference][a]\n\n[a]: https://example.com',
    '<https://example.com>',
    '&lt;no entity&gt;',
    '    no code',
    '```\n```',
    '```\n \n```',
    '-',
    '>',
  ])('leaves %j as typed', (text) => expect(read(text)).toBeUndefined());

  it.each([
    '>_< and >.<',
    '^_^ so nice ^_^',
    '-_- no -_-',
    '¯\\_(ツ)_/¯',
    '5*3*2',
    '2**8**2',
    'snake_case_name',
    '5 * 3 * 2',
    'Name: ____ and ____',
    '****a****',
    '\\\\server\\share',
    '+ one more thing',
    '1) first',
    'https://example.com/*a*_b_~~c~~',
  ])('leaves %j as typed, which is not meant as formatting', (text) => expect(read(text)).toBeUndefined());

  it('does not format delimiters in mentioned names', () => {
    const blocks = parse('*hello* @a_b_ and @*c*', [
      { name: 'a_b_', isMe: false },
      { name: '*c*', isMe: true },
    ]);
    expect(blocks && written(blocks)).toBe('em(hello) @a_b_ and @*c*');
  });
});

describe('links', () => {
  it.each([
    ['[docs](https://example.com/a)', 'link(docs→https://example.com/a)'],
    ['[**d** `e`](<http://example.com>)', 'link(strong(d) code(e)→http://example.com/)'],
    ['[write](mailto:ann@example.com)', 'link(write→mailto:ann@example.com)'],
    ['[a_(b)](https://example.com/a_(b))', 'link(a_(b)→https://example.com/a_(b))'],
    ['[https://example.com](https://example.com/x)', 'link(https://example.com→https://example.com/x)'],
    ['[www.example.com](https://example.com)', 'link(www.example.com→https://example.com/)'],
    ['**https://example.com/a_b_c**', 'strong(https://example.com/a_b_c)'],
    ['`https://example.com`', 'code(https://example.com)'],
  ])('reads %j', (text, expected) => expect(read(text)).toBe(expected));

  it.each([
    ['[https://bank.example](https://evil.example)', 'evil.example'],
    ['[https://bank.example/](https://evil.example)', 'evil.example'],
    ['[bank.example](https://evil.example)', 'evil.example'],
    ['[at bank.example/login now](https://evil.example)', 'evil.example'],
    ['[bank.example@evil.example](https://evil.example)', 'evil.example'],
    ['[bank。example](https://evil.example)', 'evil.example'],
    ['[ｂａｎｋ．ｅｘａｍｐｌｅ](https://evil.example)', 'evil.example'],
    ['[**bank**.example](https://evil.example)', 'evil.example'],
    ['[\u202eelpmaxe.knab](https://evil.example)', 'evil.example'],
    ['[bank\u200b.example](https://evil.example)', 'evil.example'],
    ['[bank\u00ad example](https://evil.example)', 'evil.example'],
    ['[1.1.1.1](https://evil.example)', 'evil.example'],
    ['[localhost:80](https://evil.example)', 'evil.example'],
    ['[ann@bank.example](mailto:eve@evil.example)', 'eve@evil.example'],
    ['[https://bänk.example](https://xn--bank-loa.example)', 'xn--bank-loa.example'],
    [`[${'bank '.repeat(50)}](https://evil.example)`, 'evil.example'],
  ])('shows the target of %j, whose text may claim another one', (text, shown) => {
    expect(read(text)).toContain(` shows ${shown})`);
  });

  it.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](javascript&colon;alert(1))',
    '[x](javascript&#58;alert(1))',
    '[x](java\\script:alert(1))',
    '[x](<java\tscript:alert(1)>)',
    '[x](\u0001javascript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:a)',
    '[x](file:///etc/passwd)',
    '[x](//evil.example)',
    '[x](/path)',
    '[x](#hash)',
    '[x](?query)',
    '[x]()',
    '[](https://example.com)',
    '[ ](https://example.com)',
    '[x](https:evil.example)',
    '[x](https:\\\\evil.example)',
    '[x](https://bank.example@evil.example)',
    '[x](https://exam\u202eple.com)',
    '[x](https://example.com "a title")',
    '[x](mailto:)',
    '[x](mailto:a@example.com?bcc=b@example.com)',
    '[x](mailto:a@example.com,b@example.com)',
    '[x](tel:1)',
    '[x](www.example.com)',
  ])('leaves %j as typed', (text) => expect(read(text)).toBeUndefined());
});

/** Everything that a message shows, in order. */
const textOf = (nodes: readonly (Block | Inline | readonly Block[])[]): string =>
  nodes
    .map((node): string => {
      if (Array.isArray(node)) return textOf(node as readonly Block[]);
      const known = node as Block | Inline;
      return 'children' in known
        ? textOf(known.children)
        : 'items' in known
          ? textOf(known.items)
          : known.text;
    })
    .join('');

const isSubsequence = (part: string, whole: string): boolean => {
  let at = 0;
  for (let index = 0; index < whole.length; index++) if (whole.charAt(index) === part.charAt(at)) at++;
  return at === part.length;
};

/** Properties of every text. */
function expectHonest(text: string): void {
  const blocks = parse(text);
  if (!blocks) return;
  expect(mayBeFormatted(text)).toBe(true);
  const shown = textOf(blocks);
  // Nothing is invented, …
  expect(isSubsequence(shown.replaceAll(/\s/g, ''), text)).toBe(true);
  // … and nothing is lost except syntax, link targets, the names of languages and the numbers of lists.
  if (!/[[`~]|\d\./.test(text)) {
    const words = (from: string): string => from.replace(/[\s*_>\\-]/g, '');
    expect(words(shown)).toBe(words(text));
  }
}

const syntax = fc.constantFrom(
  ...[
    '*',
    '**',
    '_',
    '__',
    '~~',
    '`',
    '```',
    '```js\n',
    '\n```\n',
    '> ',
    '>',
    '- ',
    '1. ',
    '  ',
    '\t',
    '\n',
    '\n\n',
  ],
  ...[
    '[',
    ']',
    '](',
    '](https://a.example)',
    '](javascript:',
    ')',
    '<',
    '\\',
    '!',
    '&lt;',
    '#',
    '|',
    '\r\n',
    '\u2028',
  ],
  ...['www.a.example', 'https://a.example/_b_', 'a', 'b c', '1', '😀', 'ا', '\u202e', '\0', '\ud800'],
);
const markdown = fc
  .array(fc.oneof(syntax, fc.string({ unit: 'grapheme' })), { maxLength: 60 })
  .map((all) => all.join(''));

it.each([...hostileTexts, ...unruledTexts])('reads %j without inventing or losing text', expectHonest);

it('reads any text without inventing or losing text', () => {
  fc.assert(fc.property(markdown, expectHonest), { numRuns: 2_000 });
});

it('never needs the parser for a text that the quick test considers unformatted', () => {
  const plain = fc.property(markdown, (text) => {
    fc.pre(!mayBeFormatted(text));
    expect(parse(text)).toBeUndefined();
  });
  fc.assert(plain, { numRuns: 1_000 });
});

it.each([
  'Good morning!',
  'See https://example.com/a_b.',
  'snake_case',
  '5 * 3',
  "it's -1",
  '# hi',
  'a > b',
  '~5',
])('knows without the parser that %j is not formatted', (text) => expect(mayBeFormatted(text)).toBe(false));

describe('limits', () => {
  const fill = (piece: string, length: number): string =>
    piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  const pathological = [
    ...[
      '>',
      '> ',
      '- ',
      '1. ',
      '* ',
      '*',
      '**',
      '_',
      '~~',
      '`',
      '[',
      ']',
      '![',
      '[a](',
      '[a](<',
      '[a](b',
      '(',
      '<',
      '\\',
    ],
    ...[
      '*a_',
      '_a',
      '**a ',
      '*a **b ',
      'a**b',
      '`a``b',
      '***a** b* ',
      '[a](((',
      '>a\n\n',
      '- ```\n',
      '> - ',
      '@a',
      '¯\\_(',
    ],
  ];

  it.each(pathological)('reads 8,000 characters of %j in a bounded number of steps', (piece) => {
    const text = fill(piece, 8_000);
    expectHonest(text);
    expectHonest(`${'*'.repeat(2_000)}${text.slice(0, 4_000)}${'*'.repeat(2_000)}`);
  });

  it('does not format a text with deep nesting', () => {
    expect(read(`${'> '.repeat(5)}a`)).toBe('quote('.repeat(5) + 'a' + ')'.repeat(5));
    expect(read(`${'> '.repeat(8)}a`)).toBe('quote('.repeat(8) + 'a' + ')'.repeat(8));
    expect(read(`${'> '.repeat(9)}a`)).toBeUndefined();
    expect(
      read(Array.from({ length: 40 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')),
    ).toBeUndefined();
    expect(read(`${'**a *b '.repeat(20)}${'c* d** '.repeat(20)}`)).toBeUndefined();
    const nested = (depth: number): string =>
      depth === 0 ? 'a' : depth % 2 ? `*b ${nested(depth - 1)} c*` : `**b ${nested(depth - 1)} c**`;
    expect(read(nested(7))).toContain('em(b a c)');
    expect(read(nested(8))).toBeUndefined();
  });

  it('formats with the first 300 delimiters of each paragraph', () => {
    expect(read(`a ${'* '.repeat(298)}*b*`)).toContain('em(b)');
    expect(read(`a ${'* '.repeat(299)}*b*`)).toBeUndefined();
    expect(read(`a ${'* '.repeat(299)}\n\n*b*`)).toContain('em(b)');
  });

  it('does not format a text with very many blocks', () => {
    // The list is one more block.
    expect(read('- a\n'.repeat(399))).toContain('list(a, a');
    expect(read('- a\n'.repeat(400))).toBeUndefined();
    expect(read('- a\n'.repeat(500))).toBeUndefined();
  });

  it('does not format a text that is far too long', () => {
    expect(read(`**a** ${'b'.repeat(7_000)}`)).toContain('strong(a)');
    expect(read(`**a** ${'b'.repeat(7_994)}`)).toContain('strong(a)');
    expect(read(`**a** ${'b'.repeat(7_995)}`)).toBeUndefined();
  });
});
