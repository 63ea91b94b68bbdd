import { createSubscriber } from 'svelte/reactivity';

/** Ticks only while something on the page shows how long ago it was. */
const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 20_000);
  return () => clearInterval(timer);
});

/** The time in milliseconds since the Unix epoch; what reads it in an effect or in markup follows it. */
export function now(): number {
  subscribe();
  return Date.now();
}
