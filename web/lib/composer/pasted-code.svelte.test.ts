import { expect, it } from 'vitest';
import { formatAsCode } from './pasted-code.ts';

/** A field with `text` pasted at `start`. */
function format(value: string, text: string, start: number, language = ''): string {
  const field = document.createElement('textarea');
  document.body.append(field);
  field.value = value;
  formatAsCode(field, { text, start, html: '', editor: '' }, language);
  field.remove();
  return field.value;
}

it.each([
  ['alone', 'a\nb', 0, '```js\na\nb\n```'],
  ['after text of the same line', 'see a\nb', 4, 'see \n```js\na\nb\n```'],
  ['after a line', 'see\na\nb', 4, 'see\n```js\na\nb\n```'],
  ['before text of the same line', 'a\nb end', 0, '```js\na\nb\n```\n end'],
  ['before a line', 'a\nb\nend', 0, '```js\na\nb\n```\nend'],
  ['between lines', 'see\na\nb\nend', 4, 'see\n```js\na\nb\n```\nend'],
  ['moved by text before it', 'more a\nb', 0, 'more \n```js\na\nb\n```'],
  ['twice, with the first one pasted', 'a\nb a\nb', 0, '```js\na\nb\n```\n a\nb'],
  ['twice, with the second one pasted', 'a\nb a\nb', 4, 'a\nb \n```js\na\nb\n```'],
])('puts pasted code into a block on separate lines when it stands %s', (_, value, start, expected) => {
  expect(format(value, 'a\nb', start, 'js')).toBe(expected);
});

it('does not change the field if the pasted text is gone', () => {
  expect(format('a\nc', 'a\nb', 0)).toBe('a\nc');
});

it.each([
  ['a `b` c', '```'],
  ['``` inside', '````'],
  ['`` and ````', '`````'],
])('puts %j between fences that are longer than those in it', (code, fence) => {
  expect(format(code, code, 0)).toBe(`${fence}\n${code}\n${fence}`);
});

it('drops blank lines around the code and keeps its indentation', () => {
  const text = '\n  \n  a\n\n    b\n \n';
  expect(format(text, text, 0)).toBe('```\n  a\n\n    b\n```');
});
