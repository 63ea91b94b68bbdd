import { expect } from 'vitest';

/** Waits until what `get` returns is as expected; long enough for a machine that is busy with other things. */
export function eventually<Value>(get: () => Value) {
  return expect.poll(get, { timeout: 20_000 });
}
