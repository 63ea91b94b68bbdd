import type { Row } from '../datastore/row.ts';
import type { BsatnRowList } from './messages.ts';

/** The most that the wire format's `FixedSize` can say. */
const MAX_FIXED_SIZE = 0xffff;

/** Rows as the protocol lists them: their bytes end to end, and a hint by which a reader finds each one's start. */
export function encodeRowList(rows: readonly Row[]): BsatnRowList {
  let size = 0;
  for (const { bytes } of rows) size += bytes.length;
  const rowsData = new Uint8Array(size);
  let offset = 0;
  for (const { bytes } of rows) {
    rowsData.set(bytes, offset);
    offset += bytes.length;
  }
  return { sizeHint: sizeHintOf(rows), rowsData };
}

/** Encodes the lists of one transaction: the many queries that one row concerns share its list. */
export class RowListEncoder {
  readonly #empty = encodeRowList([]);
  readonly #single = new Map<Row, BsatnRowList>();

  encode(rows: readonly Row[]): BsatnRowList {
    const [row] = rows;
    if (row === undefined) return this.#empty;
    if (rows.length > 1) return encodeRowList(rows);
    const known = this.#single.get(row);
    if (known) return known;
    const list = encodeRowList(rows);
    this.#single.set(row, list);
    return list;
  }
}

function sizeHintOf(rows: readonly Row[]): BsatnRowList['sizeHint'] {
  const width = rows[0]?.bytes.length ?? 0;
  // No rows, or rows without bytes, cannot be told apart by a size.
  if (width > 0 && width <= MAX_FIXED_SIZE && rows.every(({ bytes }) => bytes.length === width)) {
    return { tag: 'FixedSize', value: width };
  }
  const offsets: bigint[] = [];
  let offset = 0;
  for (const { bytes } of rows) {
    offsets.push(BigInt(offset));
    offset += bytes.length;
  }
  return { tag: 'RowOffsets', value: offsets };
}
