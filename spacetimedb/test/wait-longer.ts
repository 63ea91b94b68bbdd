/**
 * Gives `vi.waitFor` more time than its default of one second, because a busy machine may need longer just to open a
 * connection. Polls more often than every 50 ms, because waiting was most of the duration of many tests.
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
