/** Milliseconds until new messages are painted on all but slow machines. */
const DELAY_MS = 150;

/**
 * Runs work that can wait until new messages are on the screen.
 *
 * @returns cancels it
 */
export function afterPaint(run: () => unknown): () => void {
  const timer = setTimeout(run, DELAY_MS);
  return () => clearTimeout(timer);
}
