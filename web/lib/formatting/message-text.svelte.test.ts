import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { hostileTexts, markdownTexts, unruledTexts } from '../../tools/checks/hostile-texts.ts';
import MessageText from '../timeline/MessageText.svelte';
import { formatting, loadFormatting } from './formatting.svelte.ts';
import type { Mention } from './mentions.ts';

/** Shows a message, and returns its HTML without classes, empty comments and the space between blocks. */
function shown(text: string, mentions?: readonly Mention[]): string {
  const { container } = render(MessageText, { text, mentions });
  const html = container.innerHTML
    .replaceAll(/ class="[^"]*"|<!---->/g, '')
    .replaceAll(/>\s*\n\s*</g, '><')
    .replaceAll(/> <(?=\/?(?:p|ul|ol|li|div|blockquote)\b)/g, '><')
    .replaceAll(/ (?:target|rel)="[^"]*"/g, '');
  cleanup();
  return html
    .trim()
    .replace(/^<div dir="auto">(.*)<\/div>$/s, '$1')
    .trim();
}

describe('before the parser is loaded', () => {
  it('a message is plain text, and then formatted', async () => {
    const { container } = render(MessageText, { text: 'This is **bold**.' });
    expect(container.querySelector('p')?.textContent).toBe('This is **bold**.');
    await waitFor(() => expect(container.querySelector('strong')?.textContent).toBe('bold'));
    expect(container.textContent.trim()).toBe('This is bold.');
  });
});

describe('a formatted message', () => {
  beforeAll(async () => {
    loadFormatting();
    await vi.waitFor(() => expect(formatting()).toBeDefined());
  });

  it.each([
    ['**a** *b* ~~c~~ `d`', '<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>'],
    ['one\n  two **three**', '<p>one\n  two <strong>three</strong></p>'],
    ['> a\nb', '<blockquote><p>a</p></blockquote><p>b</p>'],
    ['- a\n- b', '<ul><li><p>a</p></li><li><p>b</p></li></ul>'],
    ['3. a\n4. b', '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>'],
    ['[*a*](https://example.com)', '<p><a href="https://example.com/"><em>a</em></a></p>'],
    [
      '[a.example](https://b.example)',
      '<p><a href="https://b.example/">a.example</a><bdi dir="ltr">(b.example)</bdi></p>',
    ],
    ['**https://a.b**', '<p><strong><a href="https://a.b/">https://a.b</a></strong></p>'],
    ['[see https://a.b](https://a.b)', '<p><a href="https://a.b/">see https://a.b</a></p>'],
  ])('shows %j as elements', (text, html) => expect(shown(text)).toBe(html));

  it.each(['# a', '![a](https://b.c)', '<b>a</b>', '[a](javascript:alert(1))'])(
    'shows %j as typed',
    (text) => {
      const { container } = render(MessageText, { text });
      expect(container.querySelector('p')?.textContent).toBe(text);
      expect(container.querySelectorAll('b, img, h1, a[href^=javascript]')).toHaveLength(0);
    },
  );

  it('copies only the code of a block', async () => {
    const user = userEvent.setup();
    render(MessageText, { text: 'Run:\n```sh\nnpm start\n  npm test\n```\nor not' });
    await user.click(screen.getByRole('button', { name: 'Copy code' }));
    expect(await navigator.clipboard.readText()).toBe('npm start\n  npm test');
    expect(screen.getByText('Copied', { selector: 'button' })).toBeInTheDocument();
  });

  it('colours code in a known language, and keeps its text', async () => {
    const code = 'const a = "<b>"; // c';
    const { container } = render(MessageText, { text: `\`\`\`ts\n${code}\n\`\`\`` });
    await waitFor(() => expect(container.querySelectorAll('code span').length).toBeGreaterThan(2));
    expect(container.querySelector('pre')?.textContent).toBe(code);
    expect(container.querySelector('pre')).toHaveAttribute('dir', 'ltr');
  });

  it('is folded and unfolded like any other', async () => {
    const { container } = render(MessageText, { text: `**a** ${'b '.repeat(2_500)}` });
    expect(container.querySelector('strong')?.textContent).toBe('a');
    expect(container.textContent.length).toBeLessThan(4_100);
    await userEvent.click(screen.getByRole('button', { name: /^Show all/ }));
    expect(container.querySelector('strong')?.textContent).toBe('a');
    expect(container.textContent.length).toBeGreaterThan(5_000);
  });

  it('follows a changed text', async () => {
    const { container, rerender } = render(MessageText, { text: '**a**' });
    await rerender({ text: '*b*' });
    expect(container.querySelector('em')?.textContent).toBe('b');
    await rerender({ text: 'c' });
    expect(container.querySelector('p')?.textContent).toBe('c');
  });
});

describe('mentions', () => {
  const mentions = [
    { name: 'Ann', isMe: false, title: 'Ann is online' },
    { name: 'Ben_x_y', isMe: true },
  ];

  it.each([
    ['Hi @Ann!', '<mark title="Ann is online">@Ann</mark>!'],
    ['**Hi @Ben_x_y**', '<strong>Hi <mark>@Ben_x_y</mark></strong>'],
    ['> @ann', '<p><mark title="Ann is online">@ann</mark></p>'],
  ])('are highlighted in %j', (text, html) => expect(shown(text, mentions)).toContain(html));

  it.each(['`@Ann`', '```\n@Ann\n```', '@Anna', 'x@Ann', '[@Ann](https://example.com)'])(
    'are not highlighted in %j',
    (text) => expect(shown(text, mentions)).not.toContain('mark'),
  );

  it('of the reader are highlighted more strongly', () => {
    render(MessageText, { text: '@Ann @Ben_x_y', mentions });
    expect(screen.getByText('@Ben_x_y')).toHaveClass('font-semibold');
    expect(screen.getByText('@Ann')).not.toHaveClass('font-semibold');
  });
});

/** The elements of a message, each with the attributes that it may have. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'target', 'rel', 'class'],
  bdi: ['dir', 'class'],
  blockquote: ['class'],
  button: ['type', 'class', 'title', 'aria-label'],
  code: ['class'],
  del: [],
  div: ['class', 'dir'],
  em: [],
  li: ['class'],
  mark: ['class', 'title'],
  ol: ['class', 'start'],
  p: ['class', 'dir'],
  path: ['d', 'fill', 'stroke', 'stroke-width', 'stroke-linejoin'],
  pre: ['class', 'dir', 'tabindex'],
  span: ['class', 'aria-live'],
  strong: [],
  svg: ['viewBox', 'class', 'aria-hidden'],
  ul: ['class'],
};

function expectHarmless(text: string): void {
  const { container } = render(MessageText, { text, mentions: [{ name: 'a', isMe: false }] });
  for (const element of container.firstElementChild?.querySelectorAll('*') ?? []) {
    expect(Object.keys(allowed)).toContain(element.localName);
    for (const attribute of element.getAttributeNames())
      expect(allowed[element.localName], `${attribute} of ${element.localName}`).toContain(attribute);
  }
  for (const link of container.querySelectorAll('a')) {
    expect(link.getAttribute('href')).toMatch(/^(?:https?:\/\/[^/]|mailto:[^?]+@)/);
    expect(new URL(link.href).username).toBe('');
    expect(link.rel).toBe('noopener noreferrer nofollow ugc');
    expect(link.target).toBe('_blank');
    expect(link.querySelector('a, button, mark')).toBeNull();
  }
  cleanup();
}

it.each([...hostileTexts, ...markdownTexts, ...unruledTexts])(
  'shows %j with harmless elements only',
  expectHarmless,
);

it('shows any text with harmless elements only', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '*',
      '**',
      '_',
      '~~',
      '`',
      '```js\n',
      '\n```\n',
      '\n',
      '\n> ',
      '\n- ',
      '\n1. ',
      '[',
      '](',
      ')',
      '<',
      '>',
    ),
    fc.constantFrom(
      'https://a.example',
      'javascript:',
      'data:',
      'mailto:a@b.c',
      '@a',
      '&lt;',
      '"',
      '!',
      '\\',
      String.fromCharCode(0x202e),
    ),
    fc.constantFrom(...markdownTexts),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => expectHarmless(pieces.join(''))),
    { numRuns: 300 },
  );
});
