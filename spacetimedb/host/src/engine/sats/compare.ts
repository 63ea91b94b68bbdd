/**
 * The order of decoded values, as `AlgebraicValue` defines it on the real server
 * (`crates/sats/src/algebraic_value.rs`). Indexes and SQL comparisons share it.
 */
import type { AlgebraicType, ProductType, SumType } from 'spacetimedb';
import type { Typespace } from './typespace.ts';
import { isBytes, isOption, isResult, resolveType } from './type-shape.ts';

/** Negative if `a` comes first, positive if `b` does, 0 if they are equal. Both have the same type. */
export type Comparator = (a: unknown, b: unknown) => number;

/**
 * Makes the comparator for the decoded values of a type.
 *
 * Products are compared field by field, sums by tag and then payload (so `some` precedes `none`), arrays element by
 * element with the shorter first, strings by UTF-8 bytes, floats numerically with `-0 = 0` and NaN last
 * (`decorum::Total`), booleans `false` before `true`.
 * @throws {RangeError} when a reference in the type is invalid
 */
export function makeComparator(type: AlgebraicType, typespace: Typespace): Comparator {
  return new ComparatorFactory(typespace).make(type);
}

class ComparatorFactory {
  readonly #typespace: Typespace;
  /** By typespace position. A recursive type finds the comparator that is still being built. */
  readonly #byReference = new Map<number, { compare: Comparator }>();

  constructor(typespace: Typespace) {
    this.#typespace = typespace;
  }

  make(type: AlgebraicType): Comparator {
    switch (type.tag) {
      case 'Ref':
        return this.#reference(type.value);
      case 'Product':
        return this.#product(type.value);
      case 'Sum':
        return this.#sum(type.value);
      case 'Array':
        return isBytes(type) ? compareBytes : arrayComparator(this.make(type.value));
      case 'String':
        return compareStrings;
      case 'F32':
      case 'F64':
        return compareFloats;
      default:
        return comparePrimitives;
    }
  }

  #reference(position: number): Comparator {
    const known = this.#byReference.get(position);
    if (known !== undefined) return (a, b) => known.compare(a, b);
    const made = { compare: comparePrimitives };
    this.#byReference.set(position, made);
    made.compare = this.make(resolveType({ tag: 'Ref', value: position }, this.#typespace));
    return made.compare;
  }

  #product(product: ProductType): Comparator {
    const fields = product.elements.map(({ name, algebraicType }) => ({
      name: String(name),
      compare: this.make(algebraicType),
    }));
    const only = fields[0];
    // The SDK decodes identities, timestamps and the like into objects with one property.
    if (fields.length === 1 && only !== undefined) {
      const { name, compare } = only;
      return (a, b) => compare((a as Fields)[name], (b as Fields)[name]);
    }
    return (a, b) => {
      for (const { name, compare } of fields) {
        const order = compare((a as Fields)[name], (b as Fields)[name]);
        if (order !== 0) return order;
      }
      return 0;
    };
  }

  #sum(sum: SumType): Comparator {
    const payloads = sum.variants.map((variant) => this.make(variant.algebraicType));
    const [first = comparePrimitives, second = comparePrimitives] = payloads;
    if (isOption(sum)) return optionComparator(first);
    if (isResult(sum)) return resultComparator(first, second);
    const positions = new Map(sum.variants.map((variant, position) => [variant.name, position]));
    return (a, b) => {
      const left = a as Tagged;
      const right = b as Tagged;
      const position = positions.get(left.tag) ?? -1;
      if (left.tag !== right.tag) return position - (positions.get(right.tag) ?? -1);
      return payloads[position]?.(left.value, right.value) ?? 0;
    };
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Tagged = { readonly tag: string; readonly value: unknown };

function comparePrimitives(a: unknown, b: unknown): number {
  const left = a as number;
  const right = b as number;
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareFloats(a: unknown, b: unknown): number {
  const left = a as number;
  const right = b as number;
  if (left < right) return -1;
  if (left > right) return 1;
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
}

/**
 * Orders strings by their UTF-8 bytes, which is code point order. JavaScript's `<` compares UTF-16 units and so puts
 * U+E000 to U+FFFF after the characters beyond them.
 */
export function compareStrings(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const left = a as string;
  const right = b as string;
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i++) {
    const unitA = left.charCodeAt(i);
    const unitB = right.charCodeAt(i);
    if (unitA !== unitB) return codePointRank(unitA) - codePointRank(unitB);
  }
  return left.length - right.length;
}

/** Ranks surrogates after all other units. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

export function compareBytes(a: unknown, b: unknown): number {
  const left = a as Uint8Array;
  const right = b as Uint8Array;
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i++) {
    const order = (left[i] as number) - (right[i] as number);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function arrayComparator(compare: Comparator): Comparator {
  return (a, b) => {
    const left = a as readonly unknown[];
    const right = b as readonly unknown[];
    const common = Math.min(left.length, right.length);
    for (let i = 0; i < common; i++) {
      const order = compare(left[i], right[i]);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  };
}

function optionComparator(compare: Comparator): Comparator {
  return (a, b) => {
    if (a != null && b != null) return compare(a, b);
    return Number(a == null) - Number(b == null);
  };
}

function resultComparator(compareOk: Comparator, compareErr: Comparator): Comparator {
  return (a, b) => {
    const left = a as Fields;
    const right = b as Fields;
    const leftFailed = !('ok' in left);
    const rightFailed = !('ok' in right);
    if (leftFailed !== rightFailed) return Number(leftFailed) - Number(rightFailed);
    return leftFailed ? compareErr(left['err'], right['err']) : compareOk(left['ok'], right['ok']);
  };
}
