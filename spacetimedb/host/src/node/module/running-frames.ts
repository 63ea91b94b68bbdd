import { PROGRAM_NAME } from './stack.ts';

/** Between a program's frame and the host's code that looks for it stand fewer frames than these. */
const DEPTH = 12;

/**
 * The frames of the program that run now, as V8 prints them in an error's `stack`, the innermost first. Costs a fraction of
 * what reading a `stack` does, for which Node formats the host's own frames and looks them up in their source maps.
 *
 * @param most how many at most
 */
export function runningFrames(most: number): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_error, sites) => sites;
    const sites = new Error().stack as unknown as readonly NodeJS.CallSite[];
    const own = sites.filter((site) => site.getFileName() === PROGRAM_NAME).slice(0, most);
    return own.map((site) => `    at ${String(site)}`).join('\n');
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
