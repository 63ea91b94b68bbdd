/** Did V8 throw this error because the stack overflowed? Works for errors of every realm. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}
