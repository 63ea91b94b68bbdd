import { BinaryReader } from 'spacetimedb';
import type { Bound, IndexRange } from '../datastore/table-index.ts';
import type { IndexPlace } from '../datastore/datastore.ts';
import { HostCallError, errno } from './errno.ts';
import { isStackOverflow } from '../stack-overflow.ts';

/** Reads the BSATN of one value for each column of an index. @throws {HostCallError} BSATN_DECODE_ERROR */
export function readPoint({ table, position }: IndexPlace, bytes: Uint8Array): unknown[] {
  const reader = new BinaryReader(bytes);
  const columns = table.def.indexes[position]?.columns ?? [];
  const key = decoding(() => columns.map((column) => table.codec.readColumn(reader, column)));
  if (reader.remaining !== 0) throw new HostCallError(errno.BSATN_DECODE_ERROR);
  return key;
}

/**
 * Reads the arguments of a range scan: values for the first `prefixElems` columns, then two bounds for the next
 * column.
 *
 * @param rendLen 0 means that the end equals the start: a single value
 * @throws {HostCallError} BSATN_DECODE_ERROR, WRONG_INDEX_ALGO
 */
export function readRange(
  { table, position }: IndexPlace,
  bytes: Uint8Array,
  prefixLen: number,
  prefixElems: number,
  rstartLen: number,
  rendLen: number,
): IndexRange {
  const index = table.def.indexes[position];
  const boundColumn = index?.columns[prefixElems];
  if (!index || boundColumn === undefined) throw new HostCallError(errno.BSATN_DECODE_ERROR);
  const prefixReader = new BinaryReader(bytes.subarray(0, prefixLen));
  const prefix = decoding(() =>
    index.columns.slice(0, prefixElems).map((column) => table.codec.readColumn(prefixReader, column)),
  );
  const readBound = (offset: number, length: number): Bound => {
    const reader = new BinaryReader(bytes.subarray(offset, offset + length));
    return decoding(() => {
      const tag = reader.readU8();
      if (tag === 2) return { kind: 'unbounded' };
      if (tag > 2) throw new HostCallError(errno.BSATN_DECODE_ERROR);
      return {
        kind: tag === 0 ? 'included' : 'excluded',
        value: table.codec.readColumn(reader, boundColumn),
      };
    });
  };
  const lower = readBound(prefixLen, rstartLen);
  const upper = rendLen === 0 ? lower : readBound(prefixLen + rstartLen, rendLen);
  const isPoint = lower.kind === 'included' && upper === lower && prefixElems === index.columns.length - 1;
  if (index.algorithm === 'hash' && !isPoint) throw new HostCallError(errno.WRONG_INDEX_ALGO);
  return { prefix, lower, upper };
}

/** Runs `read`. @throws {HostCallError} BSATN_DECODE_ERROR for any error in it */
export function decoding<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof HostCallError || isStackOverflow(error)) throw error;
    throw new HostCallError(errno.BSATN_DECODE_ERROR);
  }
}
