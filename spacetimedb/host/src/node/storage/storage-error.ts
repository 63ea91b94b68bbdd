/** A data folder cannot be used. `message` says which and why, in one sentence. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}
