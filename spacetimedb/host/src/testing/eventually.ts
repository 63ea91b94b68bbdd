import { expect } from 'vitest';

/** An expectation that polls `get` until it holds, with enough time for a busy machine. */
export function eventually<Value>(get: () => Value) {
  return expect.poll(get, { timeout: 20_000, interval: 10 });
}
