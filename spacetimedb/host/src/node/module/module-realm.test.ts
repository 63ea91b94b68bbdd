import { expect, test } from 'vitest';
import type { Syscalls } from '../../engine/abi/syscalls.ts';
import { ModuleRealm } from './module-realm.ts';

// Compiling must not run the program. If it did, the endless loops would hang the test.
test.each([
  ['a brace', '}); for (;;); (function () {'],
  // In a module, this is two operators; in a function, it is a comment to the end of the line.
  [
    'a comment that only scripts have',
    'f = 1 <!--y || (function () {\n}); for (;;); (function () { 0 <!--y });',
  ],
])('a program cannot end its function with %s', (_, code) => {
  const realm = new ModuleRealm('', {} as Syscalls);
  expect(() => realm.compile({ prefix: '', code })).toThrow(SyntaxError);
  expect(realm.compile({ prefix: '', code: 'for (;;);' })).toBeTypeOf('function');
});
