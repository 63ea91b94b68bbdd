import { concatBytes } from '../bytes.ts';
import type { Row } from '../datastore/row.ts';
import { BufferTooSmallError, HostCallError, errno } from './errno.ts';

/** Rows are packed into chunks of at least this many bytes, and only whole chunks are copied to the module. */
const CHUNK_BYTES = 32 * 1024;

/**
 * A module's open iterators, by handle. Rows are serialised when an iterator opens, so a module may change a table
 * while iterating over it.
 */
export class RowIterators {
  readonly #open = new Map<number, Uint8Array[]>();
  /** Handles are not reused, because the module's garbage collector may close one long after its call ended. */
  #nextHandle = 1;

  open(rows: Iterable<Row>): number {
    const handle = this.#nextHandle++;
    this.#open.set(handle, chunksOf(rows));
    return handle;
  }

  /**
   * Copies as many whole chunks as fit.
   *
   * @returns bytes written: positive if more rows remain, negative if these were the last, 0 if there were none. In
   * the last two cases the iterator is closed.
   * @throws {BufferTooSmallError} when the next chunk does not fit @throws {HostCallError} NO_SUCH_ITER
   */
  advance(handle: number, target: Uint8Array): number {
    const chunks = this.#open.get(handle);
    if (!chunks) throw new HostCallError(errno.NO_SUCH_ITER);
    let written = 0;
    while (chunks[0] && written + chunks[0].length <= target.length) {
      const chunk = chunks.shift() as Uint8Array;
      target.set(chunk, written);
      written += chunk.length;
    }
    if (chunks[0] && written === 0) throw new BufferTooSmallError(chunks[0].length);
    if (chunks.length > 0) return written;
    this.#open.delete(handle);
    return written === 0 ? 0 : -written;
  }

  /** How many bytes {@link advance} has yet to copy; 0 for a closed iterator. */
  bytesLeft(handle: number): number {
    return (this.#open.get(handle) ?? []).reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** @throws {HostCallError} NO_SUCH_ITER */
  close(handle: number): void {
    if (!this.#open.delete(handle)) throw new HostCallError(errno.NO_SUCH_ITER);
  }

  /** Closes the iterators that a call left open. */
  clear(): void {
    this.#open.clear();
  }
}

function chunksOf(rows: Iterable<Row>): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let pending: Uint8Array[] = [];
  let size = 0;
  const flush = () => {
    if (size === 0) return;
    chunks.push(concatBytes(pending));
    pending = [];
    size = 0;
  };
  for (const { bytes } of rows) {
    pending.push(bytes);
    size += bytes.length;
    if (size >= CHUNK_BYTES) flush();
  }
  flush();
  return chunks;
}
