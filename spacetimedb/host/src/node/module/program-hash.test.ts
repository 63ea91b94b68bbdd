import { expect, test } from 'vitest';
import { hashOfProgram } from './program-hash.ts';

const EMPTY = 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';
const ABC = '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the hash of a program is its Keccak-256, whichever program was hashed before', () => {
  expect(hashOfProgram(bytes('abc'))).toBe(ABC);
  expect(hashOfProgram(bytes(''))).toBe(EMPTY);
  expect(hashOfProgram(bytes('abc'))).toBe(ABC);
  expect(hashOfProgram(bytes('abc'))).toBe(ABC);
});

test('a program whose bytes have changed since it was hashed has another hash', () => {
  const program = bytes('abc');
  hashOfProgram(program);
  program[2] = 'd'.charCodeAt(0);
  expect(hashOfProgram(program)).not.toBe(ABC);
  expect(hashOfProgram(bytes('abc'))).toBe(ABC);
});
