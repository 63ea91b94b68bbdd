import { describe, expect, it } from 'vitest';
import { codeLanguage, offeredLanguage } from './pasted-code.ts';

const language = (text: string, more: { html?: string; editor?: string } = {}) =>
  codeLanguage({ text, html: more.html ?? '', editor: more.editor ?? '' });

describe('recognises as code', () => {
  it.each([
    ['JavaScript', 'const a = 1;\nconsole.log(a);'],
    ['TypeScript', 'export function add(a: number, b: number): number {\n  return a + b;\n}'],
    ['Python', 'def add(a, b):\n    return a + b\n\nprint(add(1, 2))'],
    ['Rust', 'fn main() {\n    println!("hi");\n}'],
    ['C', '#include <stdio.h>\nint main(void) {\n  return 0;\n}'],
    ['CSS', '.a {\n  color: red;\n}'],
    ['HTML', '<ul>\n  <li>one</li>\n</ul>'],
    ['JSON', '{\n  "name": "chat",\n  "version": 1\n}'],
    ['SQL', 'SELECT id, name\nFROM user\nWHERE online'],
    ['a stack trace’s code', 'if (a == b) {\n  go();\n}'],
    ['code with a fence in it', 'const a = "```";\nconst b = 2;'],
  ])('%s', (_, text) => {
    expect(language(text)).toBe('');
  });

  it('text that an editor marks as code, with its language', () => {
    expect(language('a\nb', { editor: '{"version":1,"mode":"python"}' })).toBe('python');
  });

  it.each(['<pre>…</pre>', '<p style="white-space:pre">…</p>', '<p style="font-family: My Mono">…</p>'])(
    'monospaced text that looks a little like code: %s',
    (html) => {
      expect(language('a <- 1\nprint(a)\nb', { html })).toBe('');
      expect(language('a <- 1\nprint(a)\nb')).toBeUndefined();
    },
  );
});

describe('does not recognise as code', () => {
  it.each([
    ['one line', 'const a = 1;'],
    ['prose with two lines that end like code', 'Hello Ann,\nI like it;\nso do they;\nsee you\nthere\nBen'],
    ['prose', 'Hello Ann,\nI will be late; start without me.\n\nBest,\nBen'],
    ['a list', '- milk\n- bread\n  - rye\n  - wheat\n- eggs'],
    ['a poem', 'Let us go then, you and I,\nWhen the evening is spread out against the sky'],
    ['addresses', 'https://example.com/a\nhttps://example.com/b'],
    ['quotes', '> for what it is worth\n> I agree (mostly)'],
    ['a conversation', 'Ann: Is it up?\nBob: Yes, since a minute ago.'],
    ['a fence', '```\nconst a = 1;\nconst b = 2;\n```'],
    ['blank lines', '\n\n\n'],
  ])('%s', (_, text) => {
    expect(language(text)).toBeUndefined();
  });

  it.each(['plaintext', 'markdown'])('text that an editor marks as %s', (mode) => {
    expect(language('const a = 1;\nconst b = 2;', { editor: JSON.stringify({ mode }) })).toBeUndefined();
  });

  it.each(['5', '"two words"', '"js\\n"'])(
    'text that an editor marks as %s, which is not a language',
    (mode) => {
      expect(language('const a = 1;\nconst b = 2;', { editor: `{"mode":${mode}}` })).toBeUndefined();
    },
  );

  it('monospaced prose, or one line and blank ones', () => {
    expect(language('Dear all,\nsee you there.', { html: '<pre>…</pre>' })).toBeUndefined();
    expect(language('const a = 1;\n \n', { html: '<pre>…</pre>' })).toBeUndefined();
  });
});

it('offers to format code if the field has no code block yet', () => {
  const code = 'const a = 1;\nconst b = 2;';
  const pasted = { text: code, html: '', editor: '' };
  expect(offeredLanguage({ ...pasted, start: 0 }, code)).toBe('');
  expect(offeredLanguage({ ...pasted, start: 4 }, `\`\`\`\n${code}`)).toBeUndefined();
});
