/** A data folder that cannot be used; `message` is one sentence that says which and why. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}
