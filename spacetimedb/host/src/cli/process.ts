import { BundleError } from '../node/module/bundle.ts';

/** Calls `stop` once when the process is asked to end, and ends it when that is done; a second signal ends it at once. */
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
 * Says what went wrong in one line on standard error, and ends the process. Only what a bundler drew keeps its lines.
 *
 * @param hint put behind the message
 */
export function failInOneLine(error: unknown, exitCode = 1, hint = ''): never {
  const text = error instanceof Error ? error.message : String(error);
  const isDrawing = error instanceof BundleError;
  console.error(isDrawing ? text : text.replace(/\s*\n\s*/g, '; ') + hint);
  process.exit(exitCode);
}
