import type { Row } from '../datastore/row.ts';
import type { BsatnRowList } from './messages.ts';

/** The largest row size that `FixedSize` can express. */
const MAX_FIXED_SIZE = 0xffff;

/** Encodes rows for the wire: their bytes one after the other, and a hint where each row starts. */
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

/** Encodes the row lists of one transaction. Queries that return the same single row share its list. */
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
  // A size cannot separate zero rows, or rows of zero bytes.
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
