import { SourceMap } from 'node:module';
import type { SourceLocation } from '../../engine/abi/module-instance.ts';

/** The resource name that the real host gives the program, too. */
export const PROGRAM_NAME = 'spacetimedb_module';

/** Below this function the frames are the module library's, not the module author's (see the library's `runtime.ts`). */
const SHORT_BACKTRACE_END = '__spacetimedb_end_short_backtrace';

const FRAME = /^\s*at (?:(?:async |new )?(.+?) \()?spacetimedb_module:(\d+):(\d+)\)?$/;

/** Reads the frames of a stack trace that are in the module's program, mapped back to its sources. */
export class StackReader {
  readonly #map: SourceMap | undefined;
  /** Places that were looked up, by line and column: a program has few, and its log asks for them again and again. */
  readonly #known = new Map<string, Pick<SourceLocation, 'file' | 'line'>>();

  /** @param sourceMap JSON of a source map, for the program as it was evaluated */
  constructor(sourceMap: string | undefined) {
    this.#map = sourceMap === undefined ? undefined : new SourceMap(JSON.parse(sourceMap));
  }

  /**
   * The frames of the program that run now, the innermost first. Costs a fraction of what reading an error's `stack`
   * does, for which Node looks up the host's own frames in their source maps as well.
   *
   * @param count how many at most
   */
  running(count: number): SourceLocation[] {
    const { prepareStackTrace, stackTraceLimit } = Error;
    try {
      Error.stackTraceLimit = 12;
      Error.prepareStackTrace = (_error, sites) => sites;
      const sites = new Error().stack as unknown as readonly NodeJS.CallSite[];
      const own = sites.filter((site) => site.getFileName() === PROGRAM_NAME).slice(0, count);
      return this.frames(own.map((site) => `at ${String(site)}`).join('\n'));
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  /** @param stack an error's `stack` */
  frames(stack: string): SourceLocation[] {
    const frames: SourceLocation[] = [];
    for (const line of stack.split('\n')) {
      const match = FRAME.exec(line);
      if (!match) continue;
      const functionName = match[1];
      if (functionName?.includes(SHORT_BACKTRACE_END)) break;
      frames.push(this.#resolve(Number(match[2]), Number(match[3]), functionName));
    }
    return frames;
  }

  #resolve(line: number, column: number, functionName: string | undefined): SourceLocation {
    const key = `${line}:${column}`;
    let known = this.#known.get(key);
    if (!known) {
      const entry = this.#map?.findEntry(line - 1, column - 1);
      known =
        entry && 'originalSource' in entry
          ? { file: entry.originalSource.replace(/^(\.\.\/)+/, ''), line: entry.originalLine + 1 }
          : { file: PROGRAM_NAME, line };
      this.#known.set(key, known);
    }
    return { ...known, functionName };
  }
}
