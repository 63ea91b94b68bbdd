import '@testing-library/jest-dom/vitest';
import { afterEach, beforeEach, vi } from 'vitest';
import { fakeLayout, FakeResizeObserver } from './layout.ts';

fakeLayout();

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', FakeResizeObserver);
  // What the virtual list takes it from.
  window.ResizeObserver = FakeResizeObserver;
  vi.stubGlobal('CSS', { supports: () => true });
  localStorage.clear();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
