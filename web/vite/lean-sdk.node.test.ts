import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromByteArray } from './base64.ts';
import { withoutOthers } from './lean-sdk.ts';
import { stringify } from './stringify.ts';

/** What the package gives that the SDK comes with: plain base64, padded. */
const original = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

it('makes the same keys as the package that the SDK comes with', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(fromByteArray(bytes)).toBe(original(bytes));
    }),
  );
  const long = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  expect(fromByteArray(long)).toBe(original(long));
});

it('writes whole numbers of any size', () => {
  expect(stringify({ a: 2n ** 70n, b: [1] })).toBe('{"a":"1180591620717411303424","b":[1]}');
});

it('lets parts be replaced, as the SDK does with what is secret or long', () => {
  const hide = (key: string, part: unknown): unknown => (key === 'token' ? '[REDACTED]' : part);
  expect(stringify({ token: 'secret', id: 7n }, hide)).toBe('{"token":"[REDACTED]","id":"7"}');
});

it('writes something where there is nothing', () => {
  expect(stringify(undefined)).toBe('undefined');
});

it('finds in the SDK what it leaves out', async () => {
  const sdk = dirname(createRequire(import.meta.url).resolve('spacetimedb'));
  const code = await readFile(join(sdk, 'index.browser.mjs'), 'utf8');
  const left = withoutOthers(code);
  expect(left.length).toBeLessThan(code.length);
  expect(() => withoutOthers(left)).toThrow('The SDK has changed');
});
