import { BinaryReader, type AlgebraicType } from 'spacetimedb';

const INDENT = '    ';

/**
 * A value as Rust's `{:#?}` shows an `AlgebraicValue`.
 *
 * @param type without references
 * @param bytes its BSATN
 */
export function debugText(type: AlgebraicType, bytes: Uint8Array): string {
  return debug(type, new BinaryReader(bytes));
}

function debug(type: AlgebraicType, reader: BinaryReader): string {
  switch (type.tag) {
    case 'Product': {
      const elements = type.value.elements.map(({ algebraicType }) => debug(algebraicType, reader));
      return wrap('Product', struct('ProductValue', [['elements', list(elements)]]));
    }
    case 'Sum': {
      const tag = reader.readU8();
      const variant = type.value.variants[tag]?.algebraicType;
      const value = variant === undefined ? '' : debug(variant, reader);
      return wrap(
        'Sum',
        struct('SumValue', [
          ['tag', String(tag)],
          ['value', value],
        ]),
      );
    }
    case 'Array': {
      const element = type.value;
      const items = Array.from({ length: reader.readU32() }, () => unwrap(element, debug(element, reader)));
      return wrap('Array', list(items));
    }
    case 'String':
      return wrap('String', JSON.stringify(reader.readString()));
    case 'Bool':
      return wrap('Bool', String(reader.readU8() !== 0));
    case 'F32':
      return wrap('F32', float(reader.readF32()));
    case 'F64':
      return wrap('F64', float(reader.readF64()));
    case 'I128':
      return wrap('I128', wrap('Packed', String(reader.readI128())));
    case 'U128':
      return wrap('U128', wrap('Packed', String(reader.readU128())));
    case 'I256':
      return wrap('I256', String(reader.readI256()));
    case 'U256':
      return wrap('U256', String(reader.readU256()));
    case 'Ref':
      return `&${type.value}`;
    default:
      return wrap(type.tag, String(reader[`read${type.tag}`]()));
  }
}

/** Rust writes whole floating-point numbers with a fraction. */
function float(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function wrap(name: string, inner: string): string {
  return `${name}(\n${indented(inner)},\n)`;
}

function struct(name: string, fields: readonly (readonly [string, string])[]): string {
  return `${name} {\n${fields.map(([field, value]) => `${indented(`${field}: ${value}`)},\n`).join('')}}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n${items.map((item) => `${indented(item)},\n`).join('')}]`;
}

/** Array elements are written without the name of their type. */
function unwrap(type: AlgebraicType, text: string): string {
  const prefix = `${type.tag}(\n`;
  if (!text.startsWith(prefix)) return text;
  return text.slice(prefix.length, -',\n)'.length).replaceAll(new RegExp(`^${INDENT}`, 'gm'), '');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => INDENT + line)
    .join('\n');
}
