import { createRequire } from 'node:module';

/** The part of the package that is used here. The package has no types. */
interface FileLocks {
  tryLock(fd: number): boolean;
}

const require = createRequire(import.meta.url);

/**
 * Locks a file through the operating system, as long as the descriptor is open. The lock ends with the process,
 * however that ends.
 *
 * @param fd a file that is open for writing
 * @returns `false` when another descriptor, in this process or another, holds the lock
 * @throws {Error} when this platform has no such locks
 */
export function tryLock(fd: number): boolean {
  const { tryLock: lock } = require('fs-native-extensions') as FileLocks;
  return lock(fd);
}
