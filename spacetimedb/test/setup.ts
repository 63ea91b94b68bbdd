/** Runs before every test file in Node. */
import { createRequire } from 'node:module';
import { setGlobalLogLevel } from 'spacetimedb';
import type * as Undici from 'undici';
import './wait-longer.ts';

// Node before version 22 has no WebSocket, and the SDK's own fallback does not load inside Vitest. Most test files need
// none, so it is loaded on first use.
if (!('WebSocket' in globalThis)) {
  Object.defineProperty(globalThis, 'WebSocket', {
    configurable: true,
    get: () => {
      const { WebSocket } = createRequire(import.meta.url)('undici') as typeof Undici;
      Object.defineProperty(globalThis, 'WebSocket', {
        configurable: true,
        writable: true,
        value: WebSocket,
      });
      return WebSocket;
    },
    set: (value) => {
      Object.defineProperty(globalThis, 'WebSocket', { configurable: true, writable: true, value });
    },
  });
}

// By default the SDK logs every connection.
setGlobalLogLevel('error');
