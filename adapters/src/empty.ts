/** A shared empty list, so that replacing one empty list with another is not a change. */
export const emptyList: readonly never[] = [];

export function noop(): void {
  // Nothing to do.
}
