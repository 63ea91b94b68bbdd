import { createRequire } from 'node:module';

/** The part of the package that is used here; it has no types. */
interface FileLocks {
  tryLock(fd: number): boolean;
}

const require = createRequire(import.meta.url);

/**
 * Locks a file for as long as it is open, by the operating system: the lock ends with the process, however that ends.
 *
 * @param fd of a file that is open for writing
 * @returns `false` when the file is locked where it is open otherwise, in this process or another
 * @throws {Error} when this platform has no such locks
 */
export function tryLock(fd: number): boolean {
  const { tryLock: lock } = require('fs-native-extensions') as FileLocks;
  return lock(fd);
}
