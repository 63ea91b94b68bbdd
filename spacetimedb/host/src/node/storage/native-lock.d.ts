/** The part of `fs-native-extensions` that is used here; the package has no types. */
declare module 'fs-native-extensions' {
  /**
   * Locks a file for as long as it is open, by the operating system: the lock ends with the process, however that ends.
   *
   * @returns `false` when another open file has it
   */
  export function tryLock(fd: number): boolean;
}
