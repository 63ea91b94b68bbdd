/**
 * SATS-JSON to values, as the real server reads the arguments of a call (`crates/sats/src/de/serde.rs`). Both forms
 * of each type are accepted: products as arrays or objects, sums as `[tag, value]` or `{"name": value}`.
 */
import {
  ConnectionId,
  Identity,
  TimeDuration,
  Timestamp,
  Uuid,
  type AlgebraicType,
  type ProductType,
  type SumType,
} from 'spacetimedb';
import type { Typespace } from './typespace.ts';
import { debugString, JsonError, JsonReader, numberText, placeText } from './json-reader.ts';
import {
  isBytes,
  isOption,
  isResult,
  resolveType,
  specialField,
  type ConcreteType,
  type SpecialField,
} from './type-shape.ts';

const INTEGER_BITS: Readonly<Record<string, number>> = {
  ...{ U8: 8, U16: 16, U32: 32, U64: 64 },
  ...{ I8: 8, I16: 16, I32: 32, I64: 64 },
};

/**
 * Parses JSON text into a value of a type, as the SDK decodes it.
 * @throws {JsonError} when the text is not JSON or not of that type
 */
export function fromJson(type: AlgebraicType, typespace: Typespace, text: string): unknown {
  return read(text, (reader) => new ValueReader(reader, typespace).value(type));
}

/**
 * Parses the arguments of a call: an array, or an object with parameter names.
 * @param name the function's name, for error messages
 * @returns the arguments by parameter name
 * @throws {JsonError} when the text is not JSON or does not match the parameters
 */
export function argumentsFromJson(
  params: ProductType,
  name: string,
  typespace: Typespace,
  text: string,
): Record<string, unknown> {
  const labels = { kind: 'reducer argument', expected: `a ${name} tuple`, size: `reducer args for ${name}` };
  return read(text, (reader) => new ValueReader(reader, typespace).product(params, labels));
}

/** Reads a whole text. Adds the path and place to the message of an error. */
export function read<Value>(text: string, readValue: (reader: JsonReader) => Value): Value {
  const reader = new JsonReader(text);
  try {
    const value = readValue(reader);
    end(reader);
    return value;
  } catch (error) {
    if (error instanceof JsonError) error.message += ` ${placeText(text, error)}`;
    throw error;
  }
}

function end(reader: JsonReader): void {
  try {
    reader.end();
  } catch (error) {
    if (error instanceof JsonError) error.path = undefined;
    throw error;
  }
}

/** The words for a product and its fields in error messages. */
interface ProductLabels {
  readonly kind: string;
  readonly expected: string;
  readonly size: string;
}

class ValueReader {
  readonly #reader: JsonReader;
  readonly #typespace: Typespace;

  constructor(reader: JsonReader, typespace: Typespace) {
    this.#reader = reader;
    this.#typespace = typespace;
  }

  value(type: AlgebraicType): unknown {
    const concrete = resolveType(type, this.#typespace);
    switch (concrete.tag) {
      case 'Product':
        return this.#special(concrete.value);
      case 'Sum':
        return this.#sum(concrete.value);
      case 'Array':
        return isBytes(concrete) || resolveType(concrete.value, this.#typespace).tag === 'U8'
          ? this.#bytes()
          : this.#array(concrete.value);
      case 'Bool':
        if (this.#reader.kind() !== 'boolean') throw this.#reader.invalidType('a boolean');
        return this.#reader.boolean();
      case 'String':
        return this.#string('a string');
      default:
        return this.#number(concrete);
    }
  }

  product(product: ProductType, labels: ProductLabels): Record<string, unknown> {
    switch (this.#reader.kind()) {
      case 'array':
        return this.#productFromArray(product, labels);
      case 'object':
        return this.#productFromObject(product, labels);
      default:
        throw this.#reader.invalidType(labels.expected);
    }
  }

  #special(product: ProductType): unknown {
    const count = product.elements.length;
    const labels = {
      kind: 'field',
      expected: `a ${count}-element tuple`,
      size: 'product type <product>',
    };
    const fields = this.product(product, labels);
    const special = specialField(product);
    return special === undefined ? fields : wrap(special, fields[special] as bigint);
  }

  #productFromArray({ elements }: ProductType, labels: ProductLabels): Record<string, unknown> {
    return this.#reader.array((next) => {
      const fields = elements.map(({ name, algebraicType }, position) => {
        if (!next()) {
          throw this.#reader.invalidContainer(
            `invalid length ${position}, expected ${labels.size} with ${elements.length} elements`,
          );
        }
        return [String(name), this.value(algebraicType)] as const;
      });
      return Object.fromEntries(fields);
    });
  }

  #productFromObject({ elements }: ProductType, { kind }: ProductLabels): Record<string, unknown> {
    return this.#reader.object((nextKey) => {
      const found = new Map<string, unknown>();
      for (let count = 0; count < elements.length; count++) {
        const key = nextKey();
        if (key === undefined) {
          const missing = elements.find(({ name }) => !found.has(String(name)));
          throw this.#reader.invalidContainer(`missing ${kind} \`${missing?.name}\``);
        }
        const element = elements.find(({ name }) => name === key);
        if (element === undefined) {
          throw this.#reader.invalidContainer(
            `unknown ${kind} \`${key}\`, expected ${oneOf(elements.map(({ name }) => String(name)))}`,
          );
        }
        if (found.has(key)) throw this.#reader.duplicateKey(`duplicate ${kind} \`${key}\``);
        this.#reader.colon();
        found.set(key, this.value(element.algebraicType));
      }
      // Objects decoded by the SDK have their fields in the order of the type.
      return Object.fromEntries(elements.map(({ name }) => [String(name), found.get(String(name))]));
    });
  }

  #sum(sum: SumType): unknown {
    const reader = this.#reader;
    switch (reader.kind()) {
      case 'array':
        return reader.array((next) => {
          const position = next() ? this.#variantElement(sum) : undefined;
          if (position === undefined || !next()) {
            throw reader.invalidContainer('expected seq representing sum type to have exactly two fields');
          }
          return this.#payload(sum, position);
        });
      case 'object':
        return reader.object((nextKey) => {
          const key = nextKey();
          if (key === undefined) {
            throw reader.invalidContainer('expected map representing sum type to have exactly one field');
          }
          const position = this.#variantNamed(sum, key, (message) => reader.invalidContainer(message));
          reader.colon();
          return this.#payload(sum, position);
        });
      case 'null':
        if (isOption(sum)) return void reader.null();
        throw reader.invalidType('sum type');
      default:
        throw reader.invalidType('sum type');
    }
  }

  /** The first element of `[tag, value]`: a number or a name. */
  #variantElement(sum: SumType): number {
    const reader = this.#reader;
    const expected = 'variant identifier (string or int)';
    switch (reader.kind()) {
      case 'string':
        return this.#variantNamed(sum, reader.string(), (message) => reader.invalid(message));
      case 'number': {
        const tag = reader.number();
        if (typeof tag === 'number' || tag < 0n) {
          throw reader.invalid(`invalid type: ${numberText(tag)}, expected ${expected}`);
        }
        if (tag > 255n) throw reader.invalid(`invalid value: integer \`${tag}\`, expected a u8 tag`);
        return this.#variantTagged(sum, Number(tag), (message) => reader.invalid(message));
      }
      default:
        throw reader.invalidType(expected);
    }
  }

  #variantNamed(sum: SumType, name: string, refuse: (message: string) => JsonError): number {
    if (/^\+?\d+$/.test(name) && Number(name) <= 255) return this.#variantTagged(sum, Number(name), refuse);
    const position = sum.variants.findIndex((variant) => variant.name === name);
    if (position >= 0) return position;
    const names = sum.variants.flatMap((variant) => variant.name ?? []);
    throw refuse(
      names.length > 0
        ? `unknown variant \`${name}\`, expected ${oneOf(names)}`
        : `unknown variant \`${name}\`, there are no variants`,
    );
  }

  #variantTagged(sum: SumType, tag: number, refuse: (message: string) => JsonError): number {
    if (tag < sum.variants.length) return tag;
    throw refuse(`unknown tag 0x${tag.toString(16)} for sum type <unknown>`);
  }

  #payload(sum: SumType, position: number): unknown {
    const variant = sum.variants[position];
    if (variant === undefined) throw new RangeError(`the sum type has no variant ${position}`);
    const value = this.value(variant.algebraicType);
    if (isOption(sum)) return position === 0 ? value : undefined;
    return isResult(sum) ? { [String(variant.name)]: value } : { tag: variant.name, value };
  }

  #array(elementType: AlgebraicType): unknown[] {
    if (this.#reader.kind() !== 'array') throw this.#reader.invalidType('a vec');
    return this.#reader.array((next) => {
      const values: unknown[] = [];
      while (next()) values.push(this.value(elementType));
      return values;
    });
  }

  /** Hex digits without a prefix, or an array of numbers. */
  #bytes(): Uint8Array {
    const reader = this.#reader;
    const expected = 'a byte array or hex string';
    switch (reader.kind()) {
      case 'array':
        return Uint8Array.from(this.#array({ tag: 'U8' }) as number[]);
      case 'string': {
        const text = reader.string();
        if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
          throw reader.invalid(`invalid value: string ${debugString(text)}, expected ${expected}`);
        }
        return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
      }
      case 'object':
        // The real server notices only after the brace that this is not a string.
        return reader.object(() => {
          throw reader.invalidContainer(`invalid type: map, expected ${expected}`);
        });
      default:
        throw reader.invalidType(expected);
    }
  }

  #string(expected: string): string {
    if (this.#reader.kind() !== 'string') throw this.#reader.invalidType(expected);
    return this.#reader.string();
  }

  #number({ tag }: ConcreteType): number | bigint {
    const reader = this.#reader;
    switch (tag) {
      case 'U128':
      case 'I128':
        return reader.wideInteger(tag === 'I128');
      case 'U256':
      case 'I256':
        return this.#hexInteger(tag === 'I256');
      default: {
        const name = tag.toLowerCase();
        if (reader.kind() !== 'number') throw reader.invalidType(name);
        const value = reader.number();
        if (tag === 'F64') return Number(value);
        if (tag === 'F32') return Math.fround(Number(value));
        if (typeof value === 'number') {
          throw reader.invalid(`invalid type: ${numberText(value)}, expected ${name}`);
        }
        const bits = INTEGER_BITS[tag] ?? 64;
        if (!fits(value, bits, tag.startsWith('I'))) {
          throw reader.invalid(`invalid value: ${numberText(value)}, expected ${name}`);
        }
        return bits === 64 ? value : Number(value);
      }
    }
  }

  /** 256-bit integers are strings: `0x…`, with an optional sign. */
  #hexInteger(isSigned: boolean): bigint {
    const text = this.#string('a formatted 256-bit integer');
    if (text === '') throw this.#reader.invalid('cannot parse integer from empty string');
    const match = /^([+-]?)0x([0-9a-fA-F]+)$/.exec(text);
    const [, sign = '', digits = ''] = match ?? [];
    if (match === null || (sign === '-' && !isSigned)) {
      throw this.#reader.invalid('invalid digit found in string');
    }
    const magnitude = digits.replace(/^0+/, '').length > 64 ? 1n << 256n : BigInt(`0x${digits}`);
    const value = sign === '-' ? -magnitude : magnitude;
    if (fits(value, 256, isSigned)) return value;
    const size = sign === '-' ? 'small' : 'large';
    throw this.#reader.invalid(`number too ${size} to fit in target type`);
  }
}

function wrap(field: SpecialField, value: bigint): unknown {
  switch (field) {
    case '__identity__':
      return new Identity(value);
    case '__connection_id__':
      return new ConnectionId(value);
    case '__timestamp_micros_since_unix_epoch__':
      return new Timestamp(value);
    case '__time_duration_micros__':
      return new TimeDuration(value);
    case '__uuid__':
      return new Uuid(value);
  }
}

function fits(value: bigint, bits: number, isSigned: boolean): boolean {
  return isSigned ? BigInt.asIntN(bits, value) === value : BigInt.asUintN(bits, value) === value;
}

/** Names as the real server lists them. For more than one, it garbles the sentence (`one_of_names` in sats/src/de.rs). */
function oneOf(names: readonly string[]): string {
  return names
    .map((name, index) => {
      if (names.length === 1 || (names.length === 2 && index === 1)) return `\`${name}\``;
      return index === 1 ? `one of \`${name}\`` : `, \`${name}\``;
    })
    .join('');
}
