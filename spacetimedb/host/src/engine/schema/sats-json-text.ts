/**
 * SATS-JSON with names, the form in which the real server answers about itself (`crates/sats/src/ser/serde.rs`):
 * products are objects, a variant is an object of its one key, an option is `{"some":…}` or `{"none":[]}`, bytes are
 * hex, and numbers have all their digits.
 */
import type { AlgebraicType } from 'spacetimedb';
import { toCase } from './case-conversion.ts';
import { isUnit, optionPayload } from './special-types.ts';

/**
 * @param value as the SDK decodes it
 * @param type without references; its field names, camel case as in the SDK, come out in snake case
 */
export function namedSatsJson(value: unknown, type: AlgebraicType): string {
  if (isUnit(type)) return '[]';
  const payload = optionPayload(type);
  if (payload) return value == null ? '{"none":[]}' : `{"some":${namedSatsJson(value, payload)}}`;
  switch (type.tag) {
    case 'Product': {
      const fields = value as Readonly<Record<string, unknown>>;
      const entries = type.value.elements.map(({ name = '', algebraicType }) =>
        entry(toCase(name, 'snake'), namedSatsJson(fields[name], algebraicType)),
      );
      return `{${entries.join(',')}}`;
    }
    case 'Sum': {
      const { tag, value: inner } = value as { readonly tag: string; readonly value?: unknown };
      const variant = type.value.variants.find(({ name }) => name === tag);
      if (!variant) throw new TypeError(`there is no variant ${tag}`);
      return `{${entry(tag, namedSatsJson(inner, variant.algebraicType))}}`;
    }
    case 'Array':
      if (type.value.tag === 'U8') return JSON.stringify(hex(value as Uint8Array));
      return `[${(value as readonly unknown[]).map((item) => namedSatsJson(item, type.value)).join(',')}]`;
    case 'String':
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

function entry(key: string, json: string): string {
  return `${JSON.stringify(key)}:${json}`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
