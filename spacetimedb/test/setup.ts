/** Runs before every test file in Node. */
import { setGlobalLogLevel } from 'spacetimedb';
import { WebSocket } from 'undici';
import './wait-longer.ts';

// Node before version 22 has no WebSocket, and the SDK's own fallback does not load inside Vitest.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

// By default the SDK logs every connection.
setGlobalLogLevel('error');
