/** Gives `vi.waitFor` more time than its one second, in which a busy machine may not even open a connection. */
import { vi } from 'vitest';

const TIMEOUT_MS = 20_000;

const { waitFor } = vi;
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: TIMEOUT_MS, ...options });
