import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageIn } from './message-link.ts';

it('finds the id of every link to a message', () => {
  const id = fc.stringMatching(/^[\w.~-]{1,60}$/);
  fc.assert(
    fc.property(id, (id) => {
      expect(messageIn(new URL(`https://chat.example/#m=${id}`).hash)).toBe(id);
    }),
  );
});

it('decodes an id that a program has escaped', () => {
  expect(messageIn('#m=abc%2D1')).toBe('abc-1');
});

it('finds no message in any other address', () => {
  for (const hash of ['', '#', '#m=', '#sign-in=abc', '#n=abc', '#m=%E0%A4%A', '#m=a&sign-in=b', ' #m=a']) {
    expect(messageIn(hash)).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const id = messageIn(text);
      if (id !== undefined) expect(text.startsWith('#m=')).toBe(true);
    }),
  );
});
