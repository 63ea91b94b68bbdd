import { open } from 'node:fs/promises';
import path from 'node:path';

/** Offsets in the two meta pages at the beginning of an LMDB data file (`MDB_meta` in LMDB's `mdb.c`). */
const META = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152, bytes: 160 } as const;
const MAGIC = 0xbeefc0de;

/**
 * Checks an LMDB file. LMDB maps it into memory without checking it, and would crash the process on a truncated or
 * foreign file.
 *
 * @returns what is wrong, or `undefined` when nothing is or there is no file yet
 */
export async function findLmdbDamage(folder: string): Promise<string | undefined> {
  const file = await open(path.join(folder, 'data.mdb')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    // LMDB creates the file before it writes its first pages.
    if (size === 0) return undefined;
    const read = async (position: number) => {
      const bytes = new DataView(new ArrayBuffer(META.bytes));
      const { bytesRead } = await file.read(bytes, 0, META.bytes, position);
      return bytesRead === META.bytes && bytes.getUint32(META.magic, true) === MAGIC ? bytes : undefined;
    };
    const first = await read(0);
    if (!first) return 'data.mdb is not a database';
    const pageSize = first.getUint32(META.pageSize, true);
    const second = await read(pageSize);
    if (!second) return 'data.mdb is damaged';
    const newest =
      second.getBigUint64(META.transaction, true) > first.getBigUint64(META.transaction, true)
        ? second
        : first;
    const needed = (newest.getBigUint64(META.lastPage, true) + 1n) * BigInt(pageSize);
    return BigInt(size) < needed
      ? `data.mdb is cut off: it has ${size} bytes, and should have ${needed}`
      : undefined;
  } finally {
    await file.close();
  }
}
