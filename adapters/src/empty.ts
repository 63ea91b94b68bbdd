/** The one empty list, so that replacing an empty list by another is no change. */
export const emptyList: readonly never[] = [];

export function noop(): void {
  // Nothing to do.
}
