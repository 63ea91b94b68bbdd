/** The space that a value takes in a row of the real server. It decides whether a type can change in place. */
import type { AlgebraicType } from 'spacetimedb';

export interface Layout {
  /** Bytes, without the content of strings and arrays. */
  readonly size: number;
  readonly align: number;
}

/** A string or an array: a reference to its bytes. */
const VARIABLE_LENGTH: Layout = { size: 4, align: 2 };

/** Each is aligned to its own width. */
const WIDTHS = {
  Bool: 1,
  I8: 1,
  U8: 1,
  I16: 2,
  U16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
  I128: 16,
  U128: 16,
  I256: 32,
  U256: 32,
} as const;

/**
 * The layout of a type (`crates/sats/src/layout.rs`).
 * @param type without references; a remaining one, as in a recursive type, counts as a reference in the row
 */
export function layoutOf(type: AlgebraicType): Layout {
  switch (type.tag) {
    case 'Ref':
    case 'String':
    case 'Array':
      return VARIABLE_LENGTH;
    case 'Product':
      return productLayout(type.value.elements.map(({ algebraicType }) => layoutOf(algebraicType)));
    case 'Sum':
      return sumLayout(type.value.variants.map(({ algebraicType }) => layoutOf(algebraicType)));
    default:
      return { size: WIDTHS[type.tag], align: WIDTHS[type.tag] };
  }
}

function productLayout(fields: readonly Layout[]): Layout {
  const align = Math.max(1, ...fields.map((field) => field.align));
  const end = fields.reduce((offset, field) => alignTo(offset, field.align) + field.size, 0);
  return { size: alignTo(end, align), align };
}

/** The tag takes as much space as the payload's alignment needs. */
function sumLayout(payloads: readonly Layout[]): Layout {
  const align = Math.max(1, ...payloads.map((payload) => payload.align));
  const largest = Math.max(0, ...payloads.map((payload) => payload.size));
  return { size: align + alignTo(largest, align), align };
}

function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}
