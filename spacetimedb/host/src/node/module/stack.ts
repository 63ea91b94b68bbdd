import type { SourceMap } from 'node:module';
import type { SourceLocation } from '../../engine/abi/module-instance.ts';

/** The program's resource name, as on the real host. */
export const PROGRAM_NAME = 'spacetimedb_module';

/** Frames below this function belong to the module library, not to the module (see the library's `runtime.ts`). */
const SHORT_BACKTRACE_END = '__spacetimedb_end_short_backtrace';

const FRAME = /^\s*at (?:(?:async |new )?(.+?) \()?(spacetimedb_module|statement):(\d+):(\d+)\)?$/;

/** Extracts the frames of a module's program from a stack trace and maps them to the sources. */
export class StackReader {
  readonly #map: SourceMap | undefined;
  readonly #columnBefore: (line: number, column: number) => number;

  /**
   * @param map of the program before statements were noted in it
   * @param columnBefore maps a place to its column before that
   */
  constructor(
    map: SourceMap | undefined,
    columnBefore: (line: number, column: number) => number = (_line, column) => column,
  ) {
    this.#columnBefore = columnBefore;
    this.#map = map;
  }

  /** @param stack an error's `stack` */
  frames(stack: string): SourceLocation[] {
    const frames: SourceLocation[] = [];
    for (const text of stack.split('\n')) {
      const match = FRAME.exec(text);
      if (!match) continue;
      const functionName = match[1];
      if (functionName?.includes(SHORT_BACKTRACE_END)) break;
      const line = Number(match[3]);
      const column = Number(match[4]);
      // A noted statement keeps its original location.
      const before = match[2] === PROGRAM_NAME ? this.#columnBefore(line, column) : column;
      frames.push(this.#resolve(line, before, functionName));
    }
    return frames;
  }

  #resolve(line: number, column: number, functionName: string | undefined): SourceLocation {
    const entry = this.#map?.findEntry(line - 1, column - 1);
    // Code added by the bundler has an entry without a source, contrary to the types.
    const source: unknown = entry && 'originalSource' in entry ? entry.originalSource : undefined;
    if (!entry || !('originalLine' in entry) || typeof source !== 'string') {
      return { file: PROGRAM_NAME, line, column, functionName };
    }
    return {
      file: source.replace(/^(\.\.\/)+/, ''),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
      functionName,
    };
  }
}
