import { createSubscriber } from 'svelte/reactivity';

/** Ticks only while something on the page shows a relative time. */
const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 20_000);
  return () => clearInterval(timer);
});

/** The time in milliseconds since the Unix epoch. Effects and markup that call it update every 20 s. */
export function now(): number {
  subscribe();
  return Date.now();
}
