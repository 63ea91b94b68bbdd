/** For every test that runs in Node: what the SDK expects of its surroundings. */
import { setGlobalLogLevel } from 'spacetimedb';
import { WebSocket } from 'undici';

// Node has a WebSocket of its own only from version 22 on, and the way in which the SDK looks for another one does not
// work inside Vitest.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

// It reports every connection otherwise.
setGlobalLogLevel('error');
