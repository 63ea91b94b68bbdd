import type { AlgebraicType } from 'spacetimedb';

/** The types that a `Ref` points into, by position. */
export interface Typespace {
  readonly types: AlgebraicType[];
}
