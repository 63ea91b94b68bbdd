import type { AlgebraicType } from 'spacetimedb';
import type { Typespace } from './typespace.ts';
import { isBytes, isOption, isResult, resolveType } from './type-shape.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A value as the server's messages show it, without the names of its type: `"text"`, `0xff`, `(0 = 1, 1 = 2)`
 * (`crates/sats/src/satn.rs`).
 *
 * @param value as the SDK decodes it
 */
export function valueText(type: AlgebraicType, typespace: Typespace, value: unknown): string {
  const concrete = resolveType(type, typespace);
  switch (concrete.tag) {
    case 'String':
      return `"${value as string}"`;
    case 'Product': {
      const fields = concrete.value.elements.map(({ name = '', algebraicType }) =>
        valueText(algebraicType, typespace, (value as Fields)[name]),
      );
      return productText(fields);
    }
    case 'Sum': {
      const variants = concrete.value.variants;
      const [name, payload] = variantOf(isOption(concrete.value), isResult(concrete.value), value);
      const payloadType = variants.find((variant) => variant.name === name)?.algebraicType ?? UNIT;
      return `( = ${valueText(payloadType, typespace, payload)})`;
    }
    case 'Array': {
      if (isBytes(concrete)) {
        return `0x${Array.from(value as Uint8Array, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
      }
      const items = value as readonly unknown[];
      return `[${items.map((item) => valueText(concrete.value, typespace, item)).join(', ')}]`;
    }
    default:
      return String(value);
  }
}

const UNIT: AlgebraicType = { tag: 'Product', value: { elements: [] } };

/** The values of a product, in order, as a text. */
export function productText(values: readonly string[]): string {
  return `(${values.map((text, position) => `${position} = ${text}`).join(', ')})`;
}

function variantOf(option: boolean, result: boolean, value: unknown): [name: string, payload: unknown] {
  if (option) return value === undefined ? ['none', {}] : ['some', value];
  if (result)
    return 'ok' in (value as Fields) ? ['ok', (value as Fields)['ok']] : ['err', (value as Fields)['err']];
  const { tag, value: payload = {} } = value as { readonly tag: string; readonly value?: unknown };
  return [tag, payload];
}
