/** The limits of what may be sent, once someone writes. Before they are here, and where they cannot come, the server judges. */
import type * as Limits from './limits.ts';

let known = $state.raw<typeof Limits>();

/** Has them come to the page. */
export function askForLimits(): void {
  void import('./limits.ts').then(
    (limits) => (known = limits),
    () => {},
  );
}

/** What is there of them; it can be followed in effects and markup. */
export function knownLimits(): typeof Limits | undefined {
  return known;
}
