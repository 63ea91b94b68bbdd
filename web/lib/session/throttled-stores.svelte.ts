/** Takes stores over into the page no more often than it can show them. */
import type { Readable } from 'spacetimedb-stores';
import { createSubscriber } from 'svelte/reactivity';

type Values<Stores> = { readonly [Name in keyof Stores]: Stores[Name] extends Readable<infer T> ? T : never };

/** Showing changes may take one part of the time in so many; the rest is for those who type. */
const SHARE = 4;
/** What is behind is caught up with after so many milliseconds at the latest. */
const LONGEST_WAIT = 500;
/** A page that draws no frames, as behind other windows, is updated after so many milliseconds. */
const NO_FRAME = 100;

/**
 * The values of stores, all as of one moment. They are taken over once per frame at most, and less often while showing
 * them takes long; in a hidden page, where nobody waits for the next frame, at once.
 *
 * @returns gives the values; what reads them in an effect or in markup follows them
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
    /** No update before this. */
    let free = 0;

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
      // When the frame with it has been drawn.
      setTimeout(() => {
        const now = performance.now();
        free = now + Math.min((now - start) * (SHARE - 1), LONGEST_WAIT);
      });
    };
    const awaitFrame = (): void => {
      timer = setTimeout(take, NO_FRAME);
      frame = requestAnimationFrame(take);
    };
    const changed = (): void => {
      if (document.hidden) return take();
      if (isDue) return;
      isDue = true;
      const wait = free - performance.now();
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
