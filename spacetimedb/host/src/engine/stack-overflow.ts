/** Did V8 throw this because the stack was full? Works for errors of every realm. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}
