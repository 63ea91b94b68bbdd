import type { Environment } from './types.ts';

/** How long a tab waits for another one that is getting a token for both. */
const MAX_WAIT_MS = 5_000;

/**
 * Makes tabs without a token connect one after the other, so that the later ones use the token of the first, and all
 * are the same person.
 * @param lockName the same in all tabs that share a token
 * @param onRequested called with a function that releases the next tab, or stops waiting
 */
export function waitForFirstToken(
  { locks, setTimeout, clearTimeout }: Environment,
  lockName: string,
  onRequested: (unlock: () => void) => void,
): Promise<void> {
  return new Promise((go) => {
    const timer = setTimeout(go, MAX_WAIT_MS);
    const held = new Promise<void>((resolve) => {
      onRequested(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    void locks?.request(lockName, () => (go(), held)).then(go, go);
  });
}
