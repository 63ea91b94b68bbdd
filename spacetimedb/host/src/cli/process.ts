import { BundleError } from '../node/module/bundle.ts';

/** Calls `stop` on the first signal and exits when it is done. A second signal exits at once. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      stop().then(
        () => process.exit(0),
        (error: unknown) => failInOneLine(error),
      );
    });
  }
}

/**
 * Prints an error as one line on standard error and exits. Only output of the bundler keeps its lines.
 *
 * @param hint appended to the message
 */
export function failInOneLine(error: unknown, exitCode = 1, hint = ''): never {
  const text = error instanceof Error ? error.message : String(error);
  const isDrawing = error instanceof BundleError;
  console.error(isDrawing ? text : text.replace(/\s*\n\s*/g, '; ') + hint);
  process.exit(exitCode);
}
