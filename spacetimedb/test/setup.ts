/** Runs before every test file in Node. */
import { setGlobalLogLevel } from 'spacetimedb';
import { WebSocket } from 'undici';
import { vi } from 'vitest';

// Node before version 22 has no WebSocket, and the SDK's own fallback does not load inside Vitest.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

// By default the SDK logs every connection.
setGlobalLogLevel('error');

// A busy machine with two cores can need far more than Vitest's 5 seconds for a property test.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
