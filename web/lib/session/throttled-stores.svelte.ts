/** Limits how often store changes update the page. */
import type { Readable } from 'spacetimedb-stores';
import { createSubscriber } from 'svelte/reactivity';

type Values<Stores> = { readonly [Name in keyof Stores]: Stores[Name] extends Readable<infer T> ? T : never };

/** Rendering may take 1/SHARE of the time; the rest is left for input. */
const SHARE = 4;
/** Longest delay of an update in milliseconds. */
const MAX_WAIT_MS = 500;
/** Updates may be this many milliseconds ahead of their share, so that the first messages do not wait. */
const CREDIT_MS = 300;
/** Pages that draw no frames, such as covered windows, update after this many milliseconds. */
const NO_FRAME_MS = 100;

/**
 * Returns a function that reads all stores at the same moment. They update at most once per frame, less often if
 * rendering stays slow, and at once in a hidden page.
 *
 * @returns reads the current values; effects and markup that call it update with them
 */
export function throttled<Stores extends Record<string, Readable<unknown>>>(
  stores: Stores,
): () => Values<Stores> {
  const read = (): Values<Stores> =>
    Object.fromEntries(Object.entries(stores).map(([name, store]) => [name, store.get()])) as Values<Stores>;
  let held: Values<Stores> | undefined;

  const subscribe = createSubscriber((update) => {
    held = read();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame: number | undefined;
    let isDue = false;
    /** When the rendering so far will have been no more than its share. */
    let paidUntil = 0;

    const cancel = (): void => {
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
      timer = frame = undefined;
      isDue = false;
    };
    const take = (): void => {
      cancel();
      const start = performance.now();
      held = read();
      update();
      // After the frame is drawn.
      setTimeout(() => {
        const now = performance.now();
        const paid = Math.max(paidUntil, now) + (now - start) * (SHARE - 1);
        paidUntil = Math.min(paid, now + CREDIT_MS + MAX_WAIT_MS);
      });
    };
    const awaitFrame = (): void => {
      timer = setTimeout(take, NO_FRAME_MS);
      frame = requestAnimationFrame(take);
    };
    const changed = (): void => {
      if (document.hidden) return take();
      if (isDue) return;
      isDue = true;
      const wait = paidUntil - CREDIT_MS - performance.now();
      if (wait > 0) timer = setTimeout(awaitFrame, wait);
      else awaitFrame();
    };

    let isStarting = true;
    const stops = Object.values(stores).map((store) => store.subscribe(() => isStarting || changed()));
    isStarting = false;
    held = read();
    return () => {
      cancel();
      held = undefined;
      for (const stop of stops) stop();
    };
  });

  return () => {
    subscribe();
    return held ?? read();
  };
}
