/** Runs before every test file in Node. */
import { setGlobalLogLevel } from 'spacetimedb';
import { WebSocket } from 'undici';
import { afterAll, vi } from 'vitest';
import './wait-longer.ts';

// Node before version 22 has no WebSocket, and the SDK's own fallback does not load inside Vitest.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

// By default the SDK logs every connection.
setGlobalLogLevel('error');

// A busy machine with two cores can need far more than Vitest's 5 seconds for a property test.
// The load tests import this file, too, outside of Vitest.
if (process.env['VITEST']) {
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
  // The next file runs in the same process.
  afterAll(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });
}
