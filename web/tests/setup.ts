import '@testing-library/jest-dom/vitest';
import { afterEach, beforeEach, vi } from 'vitest';
import { FakeResizeObserver } from './layout.ts';

// What jsdom, which lays nothing out, lacks.
beforeEach(() => {
  vi.stubGlobal('ResizeObserver', FakeResizeObserver);
  vi.stubGlobal('CSS', { supports: () => true });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
