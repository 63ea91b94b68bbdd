/** Properties of an `AlgebraicType` that decide how the SDK represents its values. */
import type { AlgebraicType, ProductType, SumType } from 'spacetimedb';
import type { Typespace } from './typespace.ts';

/** A type nested deeper than this is treated as recursive. */
const MAX_TYPE_DEPTH = 64;

/** A type that is not a reference. */
export type ConcreteType = Exclude<AlgebraicType, { tag: 'Ref' }>;

/** The field names that mark a one-field product as a special type in SATS and the SDK. */
export type SpecialField =
  | '__identity__'
  | '__connection_id__'
  | '__timestamp_micros_since_unix_epoch__'
  | '__time_duration_micros__'
  | '__uuid__';

const SPECIAL_FIELDS: Readonly<Record<SpecialField, AlgebraicType['tag']>> = {
  __identity__: 'U256',
  __connection_id__: 'U128',
  __timestamp_micros_since_unix_epoch__: 'I64',
  __time_duration_micros__: 'I64',
  __uuid__: 'U128',
};

/**
 * Follows references to a concrete type.
 * @throws {RangeError} when a reference points outside the typespace or only to other references
 */
export function resolveType(type: AlgebraicType, typespace: Typespace): ConcreteType {
  let current = type;
  for (let steps = 0; current.tag === 'Ref'; steps++) {
    const target = typespace.types[current.value];
    if (target === undefined || steps > typespace.types.length) {
      throw new RangeError(`the type reference ${current.value} does not lead to a type`);
    }
    current = target;
  }
  return current;
}

/**
 * Replaces every reference in a type with the type it points to.
 * @throws {RangeError} when the type is recursive or a reference is invalid
 */
export function withoutReferences(type: AlgebraicType, typespace: Typespace, depth = 0): AlgebraicType {
  if (depth > MAX_TYPE_DEPTH) throw new RangeError('a recursive type cannot be written without references');
  const concrete = resolveType(type, typespace);
  switch (concrete.tag) {
    case 'Product': {
      const elements = concrete.value.elements.map(({ name, algebraicType }) => ({
        name,
        algebraicType: withoutReferences(algebraicType, typespace, depth + 1),
      }));
      return { tag: 'Product', value: { elements } };
    }
    case 'Sum': {
      const variants = concrete.value.variants.map(({ name, algebraicType }) => ({
        name,
        algebraicType: withoutReferences(algebraicType, typespace, depth + 1),
      }));
      return { tag: 'Sum', value: { variants } };
    }
    case 'Array':
      return { tag: 'Array', value: withoutReferences(concrete.value, typespace, depth + 1) };
    default:
      return concrete;
  }
}

/** Is this a sum of exactly `some` and `none`? The SDK represents it as the bare value or `undefined`. */
export function isOption(sum: SumType): boolean {
  return sum.variants.length === 2 && sum.variants[0]?.name === 'some' && sum.variants[1]?.name === 'none';
}

/** Is this a sum of exactly `ok` and `err`? The SDK represents it as `{ ok }` or `{ err }`. */
export function isResult(sum: SumType): boolean {
  return sum.variants.length === 2 && sum.variants[0]?.name === 'ok' && sum.variants[1]?.name === 'err';
}

/** The special type that a product represents (`Identity`, `Timestamp`, …); `undefined` for all others. */
export function specialField(product: ProductType): SpecialField | undefined {
  const element = product.elements[0];
  if (product.elements.length !== 1 || element?.name === undefined) return undefined;
  if (!Object.hasOwn(SPECIAL_FIELDS, element.name)) return undefined;
  const name = element.name as SpecialField;
  return element.algebraicType.tag === SPECIAL_FIELDS[name] ? name : undefined;
}

/** Is this an array of bytes? The SDK represents it as a `Uint8Array`. */
export function isBytes(type: AlgebraicType): boolean {
  return type.tag === 'Array' && type.value.tag === 'U8';
}
