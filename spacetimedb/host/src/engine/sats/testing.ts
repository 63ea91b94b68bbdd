/** Random types and values for property tests, and a parser for untyped JSON. */
import { ConnectionId, Identity, TimeDuration, Timestamp, Uuid, type AlgebraicType } from 'spacetimedb';
import fc from 'fast-check';
import { read } from './from-json.ts';
import type { JsonReader } from './json-reader.ts';
import { isBytes, isOption, isResult, specialField } from './type-shape.ts';

const SPECIAL_TYPES: readonly AlgebraicType[] = [
  Identity.getAlgebraicType(),
  ConnectionId.getAlgebraicType(),
  Timestamp.getAlgebraicType(),
  TimeDuration.getAlgebraicType(),
  Uuid.getAlgebraicType(),
];

const PRIMITIVE_TYPES: readonly AlgebraicType[] = (
  [
    ...['Bool', 'String', 'F32', 'F64'],
    ...['U8', 'U16', 'U32', 'U64', 'U128', 'U256', 'I8', 'I16', 'I32', 'I64', 'I128', 'I256'],
  ] as ('Bool' | 'U8')[]
).map((tag) => ({ tag }));

/** Types that SQL can compare. */
export const comparableTypes: fc.Arbitrary<AlgebraicType> = fc.constantFrom<AlgebraicType>(
  ...PRIMITIVE_TYPES,
  ...SPECIAL_TYPES.filter((type) => JSON.stringify(type) !== JSON.stringify(TimeDuration.getAlgebraicType())),
  { tag: 'Array', value: { tag: 'U8' } },
);

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'ok', 'some', 'name', 'x1'), { maxLength: 3 });

/** Types of all kinds except references. */
export const types: fc.Arbitrary<AlgebraicType> = fc.letrec<{ type: AlgebraicType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(...PRIMITIVE_TYPES, ...SPECIAL_TYPES, { tag: 'Array', value: { tag: 'U8' } } as const),
    fc
      .tuple(names, fc.array(tie('type'), { minLength: 3, maxLength: 3 }))
      .map(([list, of]): AlgebraicType => ({
        tag: 'Product',
        value: { elements: list.map((name, i) => ({ name, algebraicType: of[i] as AlgebraicType })) },
      })),
    fc
      .tuple(
        names.filter((list) => list.length > 0),
        fc.array(tie('type'), { minLength: 3, maxLength: 3 }),
      )
      .map(([list, of]): AlgebraicType => ({
        tag: 'Sum',
        value: { variants: list.map((name, i) => ({ name, algebraicType: of[i] as AlgebraicType })) },
      })),
    tie('type').map((value): AlgebraicType => ({ tag: 'Array', value })),
    // The SDK cannot tell `some(none)` from `none`, so options do not nest.
    tie('type')
      .filter((type) => type.tag !== 'Sum' || !isOption(type.value))
      .map(option),
    // SDK 2.10.1 writes errors with the type of the success value, so both types are equal here.
    tie('type').map((type): AlgebraicType => ({
      tag: 'Sum',
      value: { variants: ['ok', 'err'].map((name) => ({ name, algebraicType: type })) },
    })),
  ),
})).type;

function option(type: AlgebraicType): AlgebraicType {
  const unit: AlgebraicType = { tag: 'Product', value: { elements: [] } };
  return {
    tag: 'Sum',
    value: {
      variants: [
        { name: 'some', algebraicType: type },
        { name: 'none', algebraicType: unit },
      ],
    },
  };
}

const text = fc.string({
  unit: fc.constantFrom('a', 'b', '"', '\\', '\n', '\u0001', 'é', '\uffee', '🥶', '𐀀'),
  maxLength: 4,
});

/** Decoded values of a type. Small numbers and short strings are frequent, so that values repeat. */
export function valuesOf(type: AlgebraicType): fc.Arbitrary<unknown> {
  switch (type.tag) {
    case 'Bool':
      return fc.boolean();
    case 'String':
      return text;
    case 'F32':
      return fc.oneof(
        fc.constantFrom(...[0, -0, 1, -1.5, 1e-7, 1e13].map(Math.fround)),
        fc.float({ noNaN: true, noDefaultInfinity: true }),
      );
    case 'F64':
      return fc.oneof(
        fc.constantFrom(0, -0, 1, -1.5, 1e-5, 1e16),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      );
    case 'Array':
      if (isBytes(type)) return fc.uint8Array({ maxLength: 4 });
      return fc.array(valuesOf(type.value), { maxLength: 3 });
    case 'Product':
      return productsOf(type);
    case 'Sum':
      return sumsOf(type);
    case 'Ref':
      throw new TypeError('references have no values');
    default:
      return integersOf(type.tag);
  }
}

function integersOf(tag: string): fc.Arbitrary<number | bigint> {
  const bits = Number(tag.slice(1));
  const isSigned = tag.startsWith('I');
  const min = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
  const max = (1n << BigInt(isSigned ? bits - 1 : bits)) - 1n;
  const small = fc.bigInt({ min: isSigned ? -3n : 0n, max: 3n });
  const all = fc.oneof(small, fc.bigInt({ min, max }), fc.constantFrom(min, max));
  return bits < 64 ? all.map(Number) : all;
}

function productsOf(type: AlgebraicType & { tag: 'Product' }): fc.Arbitrary<unknown> {
  const { elements } = type.value;
  const fields = fc.record(
    Object.fromEntries(elements.map(({ name, algebraicType }) => [String(name), valuesOf(algebraicType)])),
    { noNullPrototype: true },
  );
  switch (specialField(type.value)) {
    case '__identity__':
      return integersOf('U256').map((value) => new Identity(value as bigint));
    case '__connection_id__':
      return integersOf('U128').map((value) => new ConnectionId(value as bigint));
    case '__uuid__':
      return integersOf('U128').map((value) => new Uuid(value as bigint));
    case '__timestamp_micros_since_unix_epoch__':
      return integersOf('I64').map((value) => new Timestamp(value as bigint));
    case '__time_duration_micros__':
      return integersOf('I64').map((value) => new TimeDuration(value as bigint));
    case undefined:
      return fields;
  }
}

function sumsOf(type: AlgebraicType & { tag: 'Sum' }): fc.Arbitrary<unknown> {
  const [first, second] = type.value.variants;
  if (isOption(type.value) && first !== undefined) {
    return fc.option(valuesOf(first.algebraicType), { nil: undefined });
  }
  if (isResult(type.value) && first !== undefined && second !== undefined) {
    return fc.oneof(
      valuesOf(first.algebraicType).map((ok) => ({ ok })),
      valuesOf(second.algebraicType).map((err) => ({ err })),
    );
  }
  return fc.oneof(
    ...type.value.variants.map(({ name, algebraicType }) =>
      valuesOf(algebraicType).map((value) => ({ tag: String(name), value })),
    ),
  );
}

export type JsonValue =
  null | boolean | number | bigint | string | JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Parses any JSON text. Integers beyond the exact range of `number` become `bigint` if they fit into 64 bits. The
 * last value of a repeated key wins.
 * @throws {JsonError} when the text is not JSON, or nests more than 127 levels deep
 */
export function parseJson(text: string): JsonValue {
  return read(text, readAny);
}

function readAny(reader: JsonReader): JsonValue {
  switch (reader.kind()) {
    case 'null':
      return reader.null();
    case 'boolean':
      return reader.boolean();
    case 'number': {
      const value = reader.number();
      return typeof value === 'number' || !Number.isSafeInteger(Number(value)) ? value : Number(value);
    }
    case 'string':
      return reader.string();
    case 'array':
      return reader.array((next) => {
        const items: JsonValue[] = [];
        while (next()) items.push(readAny(reader));
        return items;
      });
    case 'object':
      return reader.object((nextKey) => {
        const entries: [string, JsonValue][] = [];
        for (let key = nextKey(); key !== undefined; key = nextKey()) {
          reader.colon();
          entries.push([key, readAny(reader)]);
        }
        return Object.fromEntries(entries);
      });
  }
}
