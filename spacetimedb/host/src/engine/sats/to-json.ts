/** Values and types to SATS-JSON (`crates/sats/src/ser`). */
import type { AlgebraicType, ProductType, SumType } from 'spacetimedb';
import type { Typespace } from './typespace.ts';
import { f32Json, f64Json } from './json-number.ts';
import { isBytes, isOption, isResult, resolveType } from './type-shape.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How products and sums are written. */
interface Form {
  product(names: readonly string[], values: readonly string[]): string;
  sum(tag: number, name: string, value: string): string;
}

const UNTYPED: Form = {
  product: (_names, values) => `[${values.join(',')}]`,
  sum: (tag, _name, value) => `[${tag},${value}]`,
};

/** @param fieldName maps a field's name to its name in the text */
const typed = (fieldName: (name: string) => string): Form => ({
  product: (names, values) =>
    // The unit is an empty array in both forms.
    names.length === 0
      ? '[]'
      : `{${names.map((name, i) => `${JSON.stringify(fieldName(name))}:${values[i]}`).join(',')}}`,
  sum: (_tag, name, value) => `{${JSON.stringify(name)}:${value}}`,
});

/**
 * Writes a value without names: products are arrays, sums `[tag, value]`. `/sql` rows and procedure results have this
 * form.
 * @param value as the SDK decodes it
 */
export function toUntypedJson(type: AlgebraicType, typespace: Typespace, value: unknown): string {
  return write(UNTYPED, type, typespace, value);
}

/**
 * Writes a value with names: products are objects, sums `{"name": value}`. Schemas have this form.
 * @param value as the SDK decodes it
 * @param fieldName maps a field's name to its name in the text; unchanged by default
 */
export function toTypedJson(
  type: AlgebraicType,
  typespace: Typespace,
  value: unknown,
  fieldName: (name: string) => string = (name) => name,
): string {
  return write(typed(fieldName), type, typespace, value);
}

/** Writes a type as `/sql` does for its columns: `{"U64":[]}`, `{"Array":{"String":[]}}`. */
export function algebraicTypeJson(type: AlgebraicType): string {
  switch (type.tag) {
    case 'Ref':
      return `{"Ref":${type.value}}`;
    case 'Array':
      return `{"Array":${algebraicTypeJson(type.value)}}`;
    case 'Product':
      return `{"Product":${productTypeJson(type.value)}}`;
    case 'Sum': {
      const variants = type.value.variants.map(({ name, algebraicType }) => memberJson(name, algebraicType));
      return `{"Sum":{"variants":[${variants.join(',')}]}}`;
    }
    default:
      return `{"${type.tag}":[]}`;
  }
}

/** Writes a product type, such as the `schema` of a `/sql` result. */
export function productTypeJson({ elements }: ProductType): string {
  return `{"elements":[${elements.map(({ name, algebraicType }) => memberJson(name, algebraicType)).join(',')}]}`;
}

function memberJson(name: string | undefined, type: AlgebraicType): string {
  const nameJson = name === undefined ? '{"none":[]}' : `{"some":${JSON.stringify(name)}}`;
  return `{"name":${nameJson},"algebraic_type":${algebraicTypeJson(type)}}`;
}

function write(form: Form, type: AlgebraicType, typespace: Typespace, value: unknown): string {
  const concrete = resolveType(type, typespace);
  switch (concrete.tag) {
    case 'Product': {
      const { elements } = concrete.value;
      const names = elements.map(({ name }) => String(name));
      const values = elements.map(({ algebraicType }, i) =>
        write(form, algebraicType, typespace, (value as Fields)[names[i] as string]),
      );
      return form.product(names, values);
    }
    case 'Sum': {
      const { position, payload } = variantOf(concrete.value, value);
      const variant = concrete.value.variants[position];
      if (variant === undefined) throw new TypeError('the value has a tag that its type does not have');
      return form.sum(position, String(variant.name), write(form, variant.algebraicType, typespace, payload));
    }
    case 'Array':
      if (isBytes(concrete) || value instanceof Uint8Array) return `"${hex(value as Uint8Array)}"`;
      return `[${(value as unknown[]).map((item) => write(form, concrete.value, typespace, item)).join(',')}]`;
    case 'String':
      return JSON.stringify(value);
    case 'F32':
      return f32Json(value as number);
    case 'F64':
      return f64Json(value as number);
    case 'U256':
    case 'I256': {
      const integer = value as bigint;
      return integer < 0n ? `"-0x${(-integer).toString(16)}"` : `"0x${integer.toString(16)}"`;
    }
    default:
      return String(value);
  }
}

function variantOf(sum: SumType, value: unknown): { readonly position: number; readonly payload: unknown } {
  if (isOption(sum)) return value == null ? { position: 1, payload: {} } : { position: 0, payload: value };
  if (isResult(sum)) {
    const fields = value as Fields;
    return 'ok' in fields ? { position: 0, payload: fields['ok'] } : { position: 1, payload: fields['err'] };
  }
  const { tag, value: payload } = value as { tag: string; value: unknown };
  return { position: sum.variants.findIndex(({ name }) => name === tag), payload };
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
