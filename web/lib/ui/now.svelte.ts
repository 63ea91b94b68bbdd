import { createSubscriber } from 'svelte/reactivity';

/** Ticks only while something on the page shows a relative time. */
const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 20_000);
  return () => clearInterval(timer);
});

/**
 * Returns the time in milliseconds since the Unix epoch. Effects and markup that call it update every 20
 * seconds.
 */
export function now(): number {
  subscribe();
  return Date.now();
}
