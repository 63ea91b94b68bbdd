import { ConnectionId, Identity, Timestamp, type AlgebraicType, type ProductType } from 'spacetimedb';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Typespace } from './typespace.ts';
import { makeComparator } from './compare.ts';
import { argumentsFromJson, fromJson } from './from-json.ts';
import { JsonError } from './json-reader.ts';
import { parseJson, types, valuesOf, type JsonValue } from './testing.ts';
import { algebraicTypeJson, productTypeJson, toTypedJson, toUntypedJson } from './to-json.ts';

const NO_TYPES: Typespace = { types: [] };
const U8: AlgebraicType = { tag: 'U8' };
const U32: AlgebraicType = { tag: 'U32' };
const U64: AlgebraicType = { tag: 'U64' };
const STRING: AlgebraicType = { tag: 'String' };
const UNIT: AlgebraicType = { tag: 'Product', value: { elements: [] } };
const OPTION = sum({ some: U32, none: UNIT });
const RESULT = sum({ ok: U32, err: STRING });
const SHAPE = sum({ Circle: { tag: 'F64' }, Empty: UNIT });
const POINT = product({ x: U32, y: STRING });
const BYTES: AlgebraicType = { tag: 'Array', value: U8 };

function product(fields: Readonly<Record<string, AlgebraicType>>): AlgebraicType & { tag: 'Product' } {
  const elements = Object.entries(fields).map(([name, algebraicType]) => ({ name, algebraicType }));
  return { tag: 'Product', value: { elements } };
}

function sum(variants: Readonly<Record<string, AlgebraicType>>): AlgebraicType {
  const list = Object.entries(variants).map(([name, algebraicType]) => ({ name, algebraicType }));
  return { tag: 'Sum', value: { variants: list } };
}

function withNumbers(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item)]));
}

function fails(action: () => unknown): { readonly message: string; readonly path: string | undefined } {
  try {
    action();
  } catch (error) {
    if (error instanceof JsonError) return { message: error.message, path: error.path };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseJson', () => {
  it('parseJson keeps integers exact', () => {
    expect(
      parseJson('[9007199254740991, 9007199254740993, -9007199254740993, 18446744073709551615]'),
    ).toEqual([9007199254740991, 9007199254740993n, -9007199254740993n, 18446744073709551615n]);
    expect(parseJson('[18446744073709551616, 1.5, -0, 1e3]')).toEqual([18446744073709551616, 1.5, -0, 1000]);
  });

  it('parseJson agrees with JSON.parse', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(withNumbers(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
    expect(parseJson(' {"a" : [ ], "__proto__": {}} ')).toEqual(JSON.parse('{"a":[],"__proto__":{}}'));
    expect(parseJson('"\\ud83e\\udd76 \\u00e9\\/\\b"')).toBe('🥶 é/\b');
  });

  it('parseJson accepts the same texts as JSON.parse, except for broken surrogates', () => {
    const pieces = fc.constantFrom(
      ...'[]{},:"\\ \nt-+.e0193'.split(''),
      'true',
      'null',
      '"a"',
      '\\u00e9',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => parseJson(text)).toThrow(JsonError);
          return;
        }
        expect(parseJson(text)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', 'EOF while parsing a value at line 1 column 0'],
    ['[1,]', 'trailing comma at line 1 column 4'],
    ['[1 2]', 'expected `,` or `]` at line 1 column 4'],
    ['{"a" 1}', 'expected `:` at line 1 column 6'],
    ['{a: 1}', 'key must be a string at line 1 column 2'],
    ['{"a": 1,}', 'trailing comma at line 1 column 9'],
    ['1 2', 'trailing characters at line 1 column 3'],
    ['[\n"é" x', 'expected `,` or `]` at line 2 column 6'],
    ['nul', 'EOF while parsing a value at line 1 column 3'],
    ['nux', 'expected ident at line 1 column 3'],
    ['01', 'invalid number at line 1 column 2'],
    ['-', 'EOF while parsing a value at line 1 column 1'],
    ['1.', 'EOF while parsing a value at line 1 column 2'],
    ['1.x', 'invalid number at line 1 column 3'],
    ['1e400', 'number out of range at line 1 column 5'],
    ['"a', 'EOF while parsing a string at line 1 column 2'],
    ['"\\x"', 'invalid escape at line 1 column 3'],
    ['"\\ud800x"', 'unexpected end of hex escape at line 1 column 8'],
    ['"\n"', 'control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0'],
    ['@', 'expected value at line 1 column 1'],
  ])('parseJson refuses %j as serde_json does', (text, message) => {
    expect(fails(() => parseJson(text)).message).toBe(message);
  });

  it('parseJson limits the nesting depth of a value', () => {
    expect(parseJson('['.repeat(127) + ']'.repeat(127))).toBeInstanceOf(Array);
    expect(fails(() => parseJson('['.repeat(128))).message).toMatch(/^recursion limit exceeded at/);
    expect(() => parseJson('{"a":'.repeat(100_000))).toThrow(JsonError);
  });
});

describe('toTypedJson, toUntypedJson and fromJson', () => {
  it.each<[string, AlgebraicType, unknown, string, string]>([
    ['product', POINT, { x: 1, y: 'a"b' }, '[1,"a\\"b"]', '{"x":1,"y":"a\\"b"}'],
    ['sum', SHAPE, { tag: 'Circle', value: 1 }, '[0,1.0]', '{"Circle":1.0}'],
    ['unit variant', SHAPE, { tag: 'Empty', value: {} }, '[1,[]]', '{"Empty":[]}'],
    ['some', OPTION, 5, '[0,5]', '{"some":5}'],
    ['none', OPTION, undefined, '[1,[]]', '{"none":[]}'],
    ['error', RESULT, { err: 'no' }, '[1,"no"]', '{"err":"no"}'],
    ['u64', U64, 18446744073709551615n, '18446744073709551615', '18446744073709551615'],
    ['u128', { tag: 'U128' }, (1n << 128n) - 1n, `${(1n << 128n) - 1n}`, `${(1n << 128n) - 1n}`],
    ['i256', { tag: 'I256' }, -255n, '"-0xff"', '"-0xff"'],
    ['bytes', BYTES, Uint8Array.of(0, 255), '"00ff"', '"00ff"'],
    ['identity', Identity.getAlgebraicType(), new Identity(255n), '["0xff"]', '{"__identity__":"0xff"}'],
    ['connection', ConnectionId.getAlgebraicType(), new ConnectionId(7n), '[7]', '{"__connection_id__":7}'],
    [
      'timestamp',
      Timestamp.getAlgebraicType(),
      new Timestamp(-5n),
      '[-5]',
      '{"__timestamp_micros_since_unix_epoch__":-5}',
    ],
  ])('a value is written and read as JSON: %s', (_name, type, value, untyped, typed) => {
    expect(toUntypedJson(type, NO_TYPES, value)).toBe(untyped);
    expect(toTypedJson(type, NO_TYPES, value)).toBe(typed);
    expect(fromJson(type, NO_TYPES, untyped)).toEqual(value);
    expect(fromJson(type, NO_TYPES, typed)).toEqual(value);
  });

  it('fromJson reads what both writers write', () => {
    const samples = types.chain((type) => fc.tuple(fc.constant(type), valuesOf(type)));
    fc.assert(
      fc.property(samples, ([type, value]) => {
        const compare = makeComparator(type, NO_TYPES);
        const untyped = toUntypedJson(type, NO_TYPES, value);
        const typed = toTypedJson(type, NO_TYPES, value);
        expect(compare(fromJson(type, NO_TYPES, untyped), value)).toBe(0);
        expect(compare(fromJson(type, NO_TYPES, typed), value)).toBe(0);
        parseJson(untyped);
        expect(() => JSON.parse(typed)).not.toThrow();
      }),
    );
  });

  it('fromJson throws only JsonError, whatever the text', () => {
    fc.assert(
      fc.property(types, fc.json(), fc.nat(20), (type, text, cut) => {
        try {
          fromJson(type, NO_TYPES, text.slice(0, text.length - cut));
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError);
        }
      }),
    );
  });

  it('floats have the digits of ryu, and NaN and infinity become null', () => {
    const f64 = (value: number) => toUntypedJson({ tag: 'F64' }, NO_TYPES, value);
    expect([0, -0, 1, 0.1, 1e15, 1e16, 1.5e300, 0.00001, 1e-6, -2.5, NaN, Infinity].map(f64)).toEqual([
      ...['0.0', '-0.0', '1.0', '0.1', '1000000000000000.0', '1e16', '1.5e300', '0.00001', '1e-6', '-2.5'],
      ...['null', 'null'],
    ]);
    const f32 = (value: number) => toUntypedJson({ tag: 'F32' }, NO_TYPES, Math.fround(value));
    expect([0.1, 16777216, 1e13, 3.4e38, 1e-6, 1e-7].map(f32)).toEqual([
      ...['0.1', '16777216.0', '1e13', '3.4e38', '0.000001', '1e-7'],
    ]);
  });

  it('fromJson accepts the other forms that the server accepts', () => {
    expect(fromJson(OPTION, NO_TYPES, 'null')).toBeUndefined();
    expect(fromJson(SHAPE, NO_TYPES, '["Circle", 2]')).toEqual({ tag: 'Circle', value: 2 });
    expect(fromJson(SHAPE, NO_TYPES, '{"0": 2}')).toEqual({ tag: 'Circle', value: 2 });
    expect(fromJson(BYTES, NO_TYPES, '[1, 2]')).toEqual(Uint8Array.of(1, 2));
    expect(fromJson(BYTES, NO_TYPES, '"0aFF"')).toEqual(Uint8Array.of(10, 255));
    expect(fromJson(POINT, NO_TYPES, '{"y": "b", "x": 2}')).toEqual({ x: 2, y: 'b' });
    expect(fromJson({ tag: 'F32' }, NO_TYPES, '3')).toBe(3);
    expect(fromJson({ tag: 'Ref', value: 0 }, { types: [POINT] }, '[1, "a"]')).toEqual({ x: 1, y: 'a' });
  });

  it.each<[AlgebraicType, string, string]>([
    [STRING, '5', 'invalid type: integer `5`, expected a string at line 1 column 1'],
    [U32, '"a"', 'invalid type: string "a", expected u32 at line 1 column 3'],
    [U32, '1.5', 'invalid type: floating point `1.5`, expected u32 at line 1 column 3'],
    [U8, '300', 'invalid value: integer `300`, expected u8 at line 1 column 3'],
    [U32, '-1', 'invalid value: integer `-1`, expected u32 at line 1 column 2'],
    [U32, 'null', 'invalid type: null, expected u32 at line 1 column 4'],
    [{ tag: 'Bool' }, '[]', 'invalid type: sequence, expected a boolean at line 1 column 0'],
    [{ tag: 'U128' }, '-1', 'number out of range at line 1 column 1'],
    [
      { tag: 'U256' },
      '5',
      'invalid type: integer `5`, expected a formatted 256-bit integer at line 1 column 1',
    ],
    [{ tag: 'U256' }, '"5"', 'invalid digit found in string at line 1 column 3'],
    [BYTES, '"0x"', 'invalid value: string "0x", expected a byte array or hex string at line 1 column 4'],
    [OPTION, '5', 'invalid type: integer `5`, expected sum type at line 1 column 1'],
    [SHAPE, '{"Square": 1}', 'unknown variant `Square`, expected , `Circle``Empty` at line 1 column 9'],
    [SHAPE, '[7, 1]', 'unknown tag 0x7 for sum type <unknown> at line 1 column 2'],
    [SHAPE, '[0]', 'expected seq representing sum type to have exactly two fields at line 1 column 3'],
    [SHAPE, '{}', 'expected map representing sum type to have exactly one field at line 1 column 2'],
    [SHAPE, '{"Empty": [], "Circle": 1}', 'trailing comma at line 1 column 13'],
    [POINT, '"a"', 'invalid type: string "a", expected a 2-element tuple at line 1 column 3'],
    [POINT, '{"x": 1, "x": 2}', 'duplicate field `x` at line 1 column 12'],
  ])('fromJson refuses %j given %s', (type, text, message) => {
    expect(fails(() => fromJson(type, NO_TYPES, text)).message).toBe(message);
  });
});

describe('argumentsFromJson', () => {
  const params: ProductType = product({ name: STRING, at: OPTION }).value;
  const read = (text: string) => argumentsFromJson(params, 'greet', NO_TYPES, text);

  it('argumentsFromJson accepts an array or an object', () => {
    expect(read('["bob", {"some": 3}]')).toEqual({ name: 'bob', at: 3 });
    expect(read('{"at": null, "name": "bob"}')).toEqual({ name: 'bob', at: undefined });
    expect(argumentsFromJson({ elements: [] }, 'init', NO_TYPES, ' [] ')).toEqual({});
  });

  it.each([
    ['[]', '.', 'invalid length 0, expected reducer args for greet with 2 elements at line 1 column 2'],
    ['["a"]', '.', 'invalid length 1, expected reducer args for greet with 2 elements at line 1 column 5'],
    ['["a", null, 3]', '.', 'trailing characters at line 1 column 13'],
    ['[5, null]', '[0]', 'invalid type: integer `5`, expected a string at line 1 column 2'],
    ['["a", {"some": "x"}]', '[1].some', 'invalid type: string "x", expected u32 at line 1 column 18'],
    ['{"name": 5}', 'name', 'invalid type: integer `5`, expected a string at line 1 column 10'],
    ['{"name": "a"}', '.', 'missing reducer argument `at` at line 1 column 13'],
    ['{"nam": "a"}', 'nam', 'unknown reducer argument `nam`, expected , `name``at` at line 1 column 6'],
    ['{"name": "a", "name": "b"}', '.', 'duplicate reducer argument `name` at line 1 column 20'],
    ['"a"', '.', 'invalid type: string "a", expected a greet tuple at line 1 column 3'],
    ['["a", null] x', undefined, 'trailing characters at line 1 column 13'],
  ])('argumentsFromJson refuses %s', (text, path, message) => {
    expect(fails(() => read(text))).toEqual({ path, message });
  });
});

test('types are formatted as the server formats them', () => {
  expect(algebraicTypeJson(U64)).toBe('{"U64":[]}');
  expect(algebraicTypeJson({ tag: 'Array', value: { tag: 'Ref', value: 3 } })).toBe('{"Array":{"Ref":3}}');
  expect(algebraicTypeJson(Identity.getAlgebraicType())).toBe(
    '{"Product":{"elements":[{"name":{"some":"__identity__"},"algebraic_type":{"U256":[]}}]}}',
  );
  expect(algebraicTypeJson(OPTION)).toBe(
    '{"Sum":{"variants":[{"name":{"some":"some"},"algebraic_type":{"U32":[]}},' +
      '{"name":{"some":"none"},"algebraic_type":{"Product":{"elements":[]}}}]}}',
  );
  expect(productTypeJson({ elements: [{ name: undefined, algebraicType: STRING }] })).toBe(
    '{"elements":[{"name":{"none":[]},"algebraic_type":{"String":[]}}]}',
  );
});
