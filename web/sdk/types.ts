/**
 * The types that columns and arguments can have: what bindings call `t`. They are a module, and what makes them is said
 * to have no side effects (for which arguments may call nothing either), so that bundlers leave out those that no
 * bindings ask for.
 */
import { ConnectionId, Identity, TimeDuration, Timestamp, Uuid } from 'spacetimedb';
import { TypeBuilder, type ValueOf } from './type-builder.ts';

/** Types by name. They may come from getters, which are asked when they are needed: so types can contain themselves. */
export type Parts = Readonly<Record<string, TypeBuilder>>;

const same = <T>(value: T): T => value;

type Kind = 'Int8' | 'Uint8' | 'Int16' | 'Uint16' | 'Int32' | 'Uint32' | 'Float32' | 'Float64';
type BigKind = 'BigInt64' | 'BigUint64';

/* @__NO_SIDE_EFFECTS__ */
function number<T extends number | bigint>(bytes: number, kind: T extends bigint ? BigKind : Kind) {
  const get = DataView.prototype[`get${kind}`] as (at: number, isLittle: boolean) => T;
  const set = DataView.prototype[`set${kind}`] as (at: number, value: T, isLittle: boolean) => void;
  const type = new TypeBuilder<T>(
    (reader) => get.call(reader.view, reader.step(bytes), true),
    (writer, value) => {
      const at = writer.step(bytes);
      set.call(writer.view, at, value, true);
    },
    same,
  );
  return () => type;
}

export const i8 = /* @__PURE__ */ number<number>(1, 'Int8');
export const u8 = /* @__PURE__ */ number<number>(1, 'Uint8');
export const i16 = /* @__PURE__ */ number<number>(2, 'Int16');
export const u16 = /* @__PURE__ */ number<number>(2, 'Uint16');
export const i32 = /* @__PURE__ */ number<number>(4, 'Int32');
export const u32 = /* @__PURE__ */ number<number>(4, 'Uint32');
export const i64 = /* @__PURE__ */ number<bigint>(8, 'BigInt64');
export const u64 = /* @__PURE__ */ number<bigint>(8, 'BigUint64');
export const f32 = /* @__PURE__ */ number<number>(4, 'Float32');
export const f64 = /* @__PURE__ */ number<number>(8, 'Float64');

/** Whole numbers of several words of 64 bits, the least significant first. */
/* @__NO_SIDE_EFFECTS__ */
function wide(words: number, fit: (bits: number, value: bigint) => bigint) {
  const type = new TypeBuilder<bigint>(
    (reader) => {
      const at = reader.step(words * 8);
      let value = 0n;
      for (let word = words; word-- > 0;)
        value = (value << 64n) | reader.view.getBigUint64(at + word * 8, true);
      return fit(words * 64, value);
    },
    (writer, value) => {
      const at = writer.step(words * 8);
      for (let word = 0; word < words; word++) {
        writer.view.setBigUint64(at + word * 8, value >> BigInt(word * 64), true);
      }
    },
    same,
  );
  return () => type;
}

export const i128 = /* @__PURE__ */ wide(2, BigInt.asIntN);
export const u128 = /* @__PURE__ */ wide(2, BigInt.asUintN);
export const i256 = /* @__PURE__ */ wide(4, BigInt.asIntN);
export const u256 = /* @__PURE__ */ wide(4, BigInt.asUintN);

/** Values that are written as others, and known by them. */
/* @__NO_SIDE_EFFECTS__ */
function as<T, Other extends number | bigint>(
  other: () => TypeBuilder<Other>,
  wrap: (other: Other) => T,
  unwrap: (value: T) => Other,
) {
  const { read, write } = other();
  const type = new TypeBuilder<T>(
    (reader) => wrap(read(reader)),
    (writer, value) => write(writer, unwrap(value)),
    unwrap,
  );
  return () => type;
}

export const bool = /* @__PURE__ */ as(
  u8,
  (byte) => byte !== 0,
  (value: boolean) => Number(value),
);
export const identity = /* @__PURE__ */ as(
  u256,
  (id) => new Identity(id),
  (value: Identity) => value.__identity__,
);
export const connectionId = /* @__PURE__ */ as(
  u128,
  (id) => new ConnectionId(id),
  (value: ConnectionId) => value.__connection_id__,
);
export const uuid = /* @__PURE__ */ as(
  u128,
  (id) => new Uuid(id),
  (value: Uuid) => value.__uuid__,
);
export const timestamp = /* @__PURE__ */ as(
  i64,
  (micros) => new Timestamp(micros),
  (value: Timestamp) => value.__timestamp_micros_since_unix_epoch__,
);
export const timeDuration = /* @__PURE__ */ as(
  i64,
  (micros) => new TimeDuration(micros),
  (value: TimeDuration) => value.__time_duration_micros__,
);

/** Bytes are copied: what they come from is large, and is to be let go. */
/* @__NO_SIDE_EFFECTS__ */
export function byteArray(): TypeBuilder<Uint8Array> {
  return new TypeBuilder(
    (reader) => reader.takeCounted().slice(),
    (writer, value) => writer.putCounted(value),
  );
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/* @__NO_SIDE_EFFECTS__ */
export function string(): TypeBuilder<string> {
  return new TypeBuilder(
    (reader) => decoder.decode(reader.takeCounted()),
    (writer, value) => writer.putCounted(encoder.encode(value)),
    same,
  );
}

/* @__NO_SIDE_EFFECTS__ */
export function array<T>(of: TypeBuilder<T>): TypeBuilder<T[]> {
  return new TypeBuilder(
    (reader) => Array.from({ length: u32().read(reader) }, () => of.read(reader)),
    (writer, values) => {
      u32().write(writer, values.length);
      for (const value of values) of.write(writer, value);
    },
  );
}

/** The names of parts and the parts, from when they are first needed. */
/* @__NO_SIDE_EFFECTS__ */
function entriesOf(parts: Parts): () => [string, TypeBuilder][] {
  let entries: [string, TypeBuilder][] | undefined;
  return () => (entries ??= Object.entries(parts));
}

type Fields<P extends Parts> = { [Name in keyof P]: ValueOf<P[Name]> };

/** A product: its fields, one after the other. */
/* @__NO_SIDE_EFFECTS__ */
export function row<P extends Parts>(columns: P): TypeBuilder<Fields<P>> & { readonly row: P } {
  const fields = entriesOf(columns);
  const type = new TypeBuilder<Record<string, unknown>>(
    (reader) => {
      const value: Record<string, unknown> = {};
      const all = fields();
      for (let index = 0; index < all.length; index++) {
        const [name, part] = all[index] as [string, TypeBuilder];
        value[name] = part.read(reader);
      }
      return value;
    },
    (writer, value) => {
      for (const [name, part] of fields()) part.write(writer, value[name]);
    },
  );
  return Object.assign(type as TypeBuilder<never>, { row: columns });
}

/* @__NO_SIDE_EFFECTS__ */
export function object<P extends Parts>(_name: string, fields: P): TypeBuilder<Fields<P>> {
  return row(fields);
}

/* @__NO_SIDE_EFFECTS__ */
export function unit(): TypeBuilder<object> {
  return row({});
}

type Variant<P extends Parts> = { [Tag in keyof P]: { tag: Tag; value: ValueOf<P[Tag]> } }[keyof P];

/** A sum: the number of the variant, and its value. */
/* @__NO_SIDE_EFFECTS__ */
function enumeration<P extends Parts>(_name: string, variants: P): TypeBuilder<Variant<P>> {
  const all = entriesOf(variants);
  const type = new TypeBuilder<{ tag: string; value: unknown }>(
    (reader) => {
      const [tag, part] = pick(all(), u8().read(reader));
      return { tag, value: part.read(reader) };
    },
    (writer, { tag, value }) => {
      const index = all().findIndex(([name]) => name === tag);
      const [, part] = pick(all(), index, tag);
      u8().write(writer, index);
      part.write(writer, value);
    },
  );
  // As the SDK has it: `Color.Red`, and `Shape.Circle({ radius: 1 })`.
  for (const tag of Object.keys(variants)) {
    if (tag in type) continue;
    const get = (): unknown => (isUnit(variants[tag]) ? { tag } : (value: unknown) => ({ tag, value }));
    Object.defineProperty(type, tag, { get });
  }
  return type as TypeBuilder<never>;
}
export { enumeration as enum };

function isUnit(type: TypeBuilder | undefined): boolean {
  const { row } = type as { row?: Parts };
  return row !== undefined && Object.keys(row).length === 0;
}

/** @throws TypeError for a tag that the type does not have */
function pick<T>(parts: readonly T[], index: number, tag: string | number = index): T {
  const part = parts[index];
  if (!part) throw new TypeError(`There is no variant ${tag}`);
  return part;
}

/** A value, or `undefined`. */
/* @__NO_SIDE_EFFECTS__ */
export function option<T>(some: TypeBuilder<T>): TypeBuilder<T | undefined> {
  const type = enumeration('', { some, none: unit() });
  return new TypeBuilder<T | undefined>(
    (reader) => {
      const { tag, value } = type.read(reader);
      return tag === 'some' ? (value as T) : undefined;
    },
    (writer, value) =>
      type.write(
        writer,
        value === undefined || value === null ? { tag: 'none', value: {} } : { tag: 'some', value },
      ),
  );
}

/** `{ ok }` or `{ err }`. */
/* @__NO_SIDE_EFFECTS__ */
export function result<Ok, Err>(
  ok: TypeBuilder<Ok>,
  err: TypeBuilder<Err>,
): TypeBuilder<{ ok: Ok } | { err: Err }> {
  const type = enumeration('', { ok, err });
  return new TypeBuilder<{ ok: Ok } | { err: Err }>(
    (reader) => {
      const { tag, value } = type.read(reader);
      return { [tag]: value } as { ok: Ok };
    },
    (writer, value) => {
      const [[tag, part] = []] = Object.entries(value) as [['ok', Ok]];
      type.write(writer, { tag, value: part } as never);
    },
  );
}

/* @__NO_SIDE_EFFECTS__ */
export function scheduleAt() {
  return enumeration('', { Interval: timeDuration(), Time: timestamp() });
}
