import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { afterEach, beforeEach, vi } from 'vitest';
import { fakeLayout, FakeResizeObserver } from './fake-layout.ts';

fakeLayout();
// A machine may be busy.
configure({ asyncUtilTimeout: 10_000 });

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
