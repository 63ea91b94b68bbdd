import fc from 'fast-check';
import * as sdk from 'spacetimedb';
import {
  BinaryReader,
  BinaryWriter,
  ConnectionId,
  Identity,
  TimeDuration,
  Timestamp,
  Uuid,
} from 'spacetimedb';
import { expect, it } from 'vitest';
import { Reader } from './bytes.ts';
import { bytesKey, type TypeBuilder } from './type-builder.ts';
import * as t from './types.ts';

interface Codec {
  serialize(writer: BinaryWriter, value: unknown): void;
  deserialize(reader: BinaryReader): unknown;
}

/** A type of both, and its values. */
interface Case {
  ours: TypeBuilder;
  theirs: Codec;
  values: fc.Arbitrary<unknown>;
}

const signed = (bits: bigint) => fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n });
const unsigned = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n });
const simple = (name: keyof typeof t & keyof typeof sdk.t, values: fc.Arbitrary<unknown>): Case => ({
  ours: (t[name] as () => TypeBuilder)(),
  theirs: (sdk.t[name] as unknown as () => Codec)(),
  values,
});

const cases: Case[] = [
  simple('bool', fc.boolean()),
  simple('i8', fc.integer({ min: -128, max: 127 })),
  simple('u8', fc.nat(255)),
  simple('i16', fc.integer({ min: -0x8000, max: 0x7fff })),
  simple('u16', fc.nat(0xffff)),
  simple('i32', fc.integer()),
  simple('u32', fc.nat(0xffff_ffff)),
  simple('i64', signed(64n)),
  simple('u64', unsigned(64n)),
  simple('i128', signed(128n)),
  simple('u128', unsigned(128n)),
  simple('i256', signed(256n)),
  simple('u256', unsigned(256n)),
  simple('f32', fc.float()),
  simple('f64', fc.double()),
  simple('string', fc.string({ unit: 'binary' })),
  simple('byteArray', fc.uint8Array()),
  simple('unit', fc.constant({})),
  simple(
    'identity',
    unsigned(256n).map((id) => new Identity(id)),
  ),
  simple(
    'connectionId',
    unsigned(128n).map((id) => new ConnectionId(id)),
  ),
  simple(
    'uuid',
    unsigned(128n).map((id) => new Uuid(id)),
  ),
  simple(
    'timestamp',
    signed(64n).map((time) => new Timestamp(time)),
  ),
  simple(
    'timeDuration',
    signed(64n).map((time) => new TimeDuration(time)),
  ),
  simple(
    'scheduleAt',
    signed(64n).chain((time) =>
      fc.constantFrom(
        { tag: 'Interval', value: new TimeDuration(time) },
        { tag: 'Time', value: new Timestamp(time) },
      ),
    ),
  ),
];

const names = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,6}$/).filter((name) => !['some', 'ok'].includes(name));
const { any } = fc.letrec<{ any: Case }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...cases),
    // Arrays of bytes are `byteArray` in bindings.
    tie('any')
      .filter(({ ours }) => ours !== t.u8())
      .map(({ ours, theirs, values }) => ({
        ours: t.array(ours),
        theirs: sdk.t.array(theirs as never),
        values: fc.array(values),
      })),
    tie('any').map(({ ours, theirs, values }) => ({
      ours: t.option(ours),
      theirs: sdk.t.option(theirs as never),
      values: fc.option(values, { nil: undefined }),
    })),
    fc.dictionary(names, tie('any'), { noNullPrototype: true, maxKeys: 4 }).map((parts) => {
      const each = <T>(pick: (part: Case) => T) =>
        Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, pick(part)]));
      return {
        ours: t.object(
          'Some',
          each(({ ours }) => ours),
        ),
        theirs: sdk.t.object('Some', each(({ theirs }) => theirs) as never),
        values: fc.record(each(({ values }) => values)),
      };
    }),
    fc.dictionary(names, tie('any'), { noNullPrototype: true, minKeys: 1, maxKeys: 4 }).map((parts) => {
      const each = <T>(pick: (part: Case) => T) =>
        Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, pick(part)]));
      return {
        ours: t.enum(
          'Some',
          each(({ ours }) => ours),
        ),
        theirs: sdk.t.enum('Some', each(({ theirs }) => theirs) as never) as unknown as Codec,
        values: fc.oneof(
          ...Object.entries(parts).map(([tag, { values }]) => values.map((value) => ({ tag, value }))),
        ),
      };
    }),
  ),
}));

function written(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter(1);
  write(writer);
  return writer.getBuffer().slice();
}

function expectSame({ ours, theirs }: Case, value: unknown): void {
  const bytes = written((writer) => theirs.serialize(writer, value));
  expect(ours.encode(value)).toEqual(bytes);
  const reader = new Reader(bytes);
  expect(ours.read(reader)).toEqual(theirs.deserialize(new BinaryReader(bytes)));
  expect(reader.isAtEnd).toBe(true);
}

it('writes and reads each simple type as the SDK does', () => {
  for (const type of cases) fc.assert(fc.property(type.values, (value) => expectSame(type, value)));
});

it('writes and reads types made of others as the SDK does', () => {
  fc.assert(
    fc.property(
      any.chain((type) => type.values.map((value) => ({ type, value }))),
      ({ type, value }) => expectSame(type, value),
    ),
  );
});

it('writes and reads results, each side by its own type', () => {
  const type = t.result(t.u32(), t.string());
  for (const value of [{ ok: 7 }, { err: 'out of range' }])
    expect(type.decode(type.encode(value))).toEqual(value);
});

it('writes and reads types that contain themselves', () => {
  interface Tree {
    label: string;
    children: Tree[];
  }
  const tree: TypeBuilder = t.object('Tree', {
    label: t.string(),
    get children() {
      return t.array(tree);
    },
  });
  const value: Tree = { label: 'root', children: [{ label: 'leaf', children: [] }] };
  expect(tree.decode(tree.encode(value))).toEqual(value);
});

it('knows values by what tells them apart', () => {
  // Of numbers with a fraction, zero has two ways of being written and NaN has many.
  const whole = any.filter(({ ours }) => ours !== t.f32() && ours !== t.f64());
  fc.assert(
    fc.property(
      whole.chain(({ ours, values }) => fc.tuple(fc.constant(ours), values, values)),
      ([type, one, other]) => {
        const isSame = Buffer.compare(type.encode(one), type.encode(other)) === 0;
        expect(type.toKey(one) === type.toKey(other)).toBe(isSame);
      },
    ),
  );
});

it('knows bytes by a text in which each has a character of its own', () => {
  const keys = Array.from({ length: 256 }, (_, byte) => bytesKey(Uint8Array.of(byte)));
  expect(new Set(keys).size).toBe(256);
  expect(bytesKey(Uint8Array.from(keys.keys()))).toBe(keys.join(''));
});

it('refuses bytes that are cut short, and variants that there are not', () => {
  const type = t.object('Some', { text: t.string(), count: t.u64() });
  const bytes = type.encode({ text: 'some text', count: 1n });
  for (let length = 0; length < bytes.length; length++) {
    expect(() => type.decode(bytes.subarray(0, length))).toThrow(RangeError);
  }
  const color = t.enum('Color', { Red: t.unit(), Custom: t.string() });
  expect(() => color.decode(Uint8Array.of(2))).toThrow(TypeError);
  expect(() => color.encode({ tag: 'Blue', value: {} } as never)).toThrow(TypeError);
});

it('makes the variants of an enum', () => {
  const variants = { Red: t.unit(), Custom: t.string() };
  const color = t.enum('Color', variants) as unknown as { Red: object; Custom: (value: string) => object };
  expect(color.Red).toEqual({ tag: 'Red' });
  expect(color.Custom('#123')).toEqual({ tag: 'Custom', value: '#123' });
  const type = t.enum('Color', variants);
  expect(type.decode(type.encode(color.Red as never))).toEqual({ tag: 'Red', value: {} });
});

it('keeps a copy of bytes, not what they came in', () => {
  const type = t.byteArray();
  const bytes = type.encode(Uint8Array.of(1, 2, 3));
  const value = type.decode(bytes);
  bytes.fill(0);
  expect(value).toEqual(Uint8Array.of(1, 2, 3));
});
