/** The one empty list, so that nothing is told when one empty list follows another. */
export const none: readonly never[] = [];

/** For what nothing is to be done about. */
export function ignore(): void {
  // Nothing.
}
