/**
 * Gives `vi.waitFor` more time than its one second, in which a busy machine may not even open a connection, and looks
 * more often than every 50 ms, which is most of what many tests took.
 */
import { vi } from 'vitest';

const TIMEOUT_MS = 20_000;
const INTERVAL_MS = 10;

const { waitFor } = vi;
vi.waitFor = (callback, options) =>
  waitFor(callback, {
    timeout: TIMEOUT_MS,
    interval: INTERVAL_MS,
    ...(typeof options === 'number' ? { timeout: options } : options),
  });
