/** So long after the messages have arrived, in milliseconds, they have been laid out and painted on all but slow machines. */
const DELAY = 150;

/**
 * Runs what can wait until the messages that have just arrived are on the screen.
 *
 * @returns ends the wait
 */
export function afterPaint(run: () => unknown): () => void {
  const timer = setTimeout(run, DELAY);
  return () => clearTimeout(timer);
}
