import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { batch } from './batch.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('passes a single item on at once and batches items that arrive too fast', () => {
  const run = vi.fn();
  const { add } = batch<number>(1_000, run);
  add([1]);
  expect(run.mock.calls).toEqual([[[1]]]);
  add([2]);
  add([3, 4]);
  vi.advanceTimersByTime(999);
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(run).toHaveBeenLastCalledWith([2, 3, 4]);
  vi.advanceTimersByTime(5_000);
  add([5]);
  expect(run).toHaveBeenLastCalledWith([5]);
  expect(run).toHaveBeenCalledTimes(3);
});

it('runs ten times during a ten-second flood and loses no item', () => {
  const got: number[] = [];
  let times = 0;
  const { add } = batch<number>(1_000, (items) => {
    times++;
    got.push(...items);
  });
  for (let n = 0; n < 3_000; n++) {
    add([n]);
    vi.advanceTimersByTime(10_000 / 3_000);
  }
  vi.advanceTimersByTime(1_000);
  expect(times).toBeLessThanOrEqual(12);
  expect(got).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
});

it('passes nothing on if there are no items', () => {
  const run = vi.fn();
  batch<number>(1_000, run).add([]);
  expect(run).not.toHaveBeenCalled();
});

it('starts again after it was stopped', () => {
  const run = vi.fn();
  const { add, stop } = batch<number>(1_000, run);
  add([1]);
  vi.advanceTimersByTime(600);
  stop();
  add([2]);
  expect(run).toHaveBeenLastCalledWith([2]);
  vi.advanceTimersByTime(500);
  add([3]);
  expect(run).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(500);
  expect(run).toHaveBeenLastCalledWith([3]);
});

it('drops waiting items when stopped', () => {
  const run = vi.fn();
  const { add, stop } = batch<number>(1_000, run);
  add([1]);
  add([2]);
  stop();
  vi.advanceTimersByTime(5_000);
  expect(run).toHaveBeenCalledTimes(1);
});
