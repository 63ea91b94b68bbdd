import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { afterEach, beforeEach, vi } from 'vitest';
import '../../spacetimedb/test/wait-longer.ts';
import { fakeLayout, FakeResizeObserver } from './fake-layout.ts';

fakeLayout();
// The machine may be busy.
configure({ asyncUtilTimeout: 10_000 });

beforeEach(() => {
  // Tests of other files may have left something.
  document.body.replaceChildren();
  vi.stubGlobal('ResizeObserver', FakeResizeObserver);
  // The virtual list reads it from `window`.
  window.ResizeObserver = FakeResizeObserver;
  vi.stubGlobal('CSS', { supports: () => true });
  localStorage.clear();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
