import { AlgebraicType, type ProductType, type SumType } from 'spacetimedb';

type Typespace = Parameters<typeof AlgebraicType.makeSerializer>[1];
type Serializer = ReturnType<typeof AlgebraicType.makeSerializer>;
type Deserializer = ReturnType<typeof AlgebraicType.makeDeserializer>;
type Members = readonly { readonly name: string | undefined; readonly algebraicType: AlgebraicType }[];

// By type, because a recursive type contains itself.
const serializers = new WeakMap<ProductType | SumType, Serializer>();
const deserializers = new WeakMap<ProductType | SumType, Deserializer>();

/** Writes the fields one after the other. */
export function makeProductSerializer(type: ProductType, typespace?: Typespace): Serializer {
  const known = serializers.get(type);
  if (known) return known;
  const names = namesOf(type.elements);
  const parts: Serializer[] = [];
  const serialize: Serializer = (writer, value) => {
    for (let i = 0; i < parts.length; i++) (parts[i] as Serializer)(writer, value[names[i] as string]);
  };
  serializers.set(type, serialize);
  parts.push(...serializersOf(type.elements, typespace));
  return serialize;
}

/** Not for products without fields, or those that are read as a class. */
export function makeProductDeserializer(type: ProductType, typespace?: Typespace): Deserializer {
  const known = deserializers.get(type);
  if (known) return known;
  const names = namesOf(type.elements);
  const parts: Deserializer[] = [];
  const deserialize: Deserializer = (reader) => {
    const result: Record<string, unknown> = {};
    for (let i = 0; i < parts.length; i++) result[names[i] as string] = (parts[i] as Deserializer)(reader);
    return result;
  };
  deserializers.set(type, deserialize);
  parts.push(...deserializersOf(type.elements, typespace));
  return deserialize;
}

/** Not for options and results, which are not `{ tag, value }`. */
export function makeSumSerializer(type: SumType, typespace?: Typespace): Serializer {
  const known = serializers.get(type);
  if (known) return known;
  const names = namesOf(type.variants);
  const parts: Serializer[] = [];
  const serialize: Serializer = (writer, { tag, value }) => {
    const index = names.indexOf(tag);
    const part = parts[index];
    if (!part) throw new TypeError(`Could not serialize sum type; unknown tag ${tag}`);
    writer.writeByte(index);
    part(writer, value);
  };
  serializers.set(type, serialize);
  parts.push(...serializersOf(type.variants, typespace));
  return serialize;
}

/** Not for options and results. A tag that the type does not have is read as `undefined`, as the SDK reads it. */
export function makeSumDeserializer(type: SumType, typespace?: Typespace): Deserializer {
  const known = deserializers.get(type);
  if (known) return known;
  const names = namesOf(type.variants);
  const parts: Deserializer[] = [];
  const deserialize: Deserializer = (reader) => {
    const index = reader.readByte();
    const part = parts[index];
    return part && { tag: names[index], value: part(reader) };
  };
  deserializers.set(type, deserialize);
  parts.push(...deserializersOf(type.variants, typespace));
  return deserialize;
}

/** For the sum of `ok` and `err`, whose values are `{ ok }` and `{ err }`. */
export function makeResultSerializer(type: SumType, typespace?: Typespace): Serializer {
  const [ok, err] = serializersOf(type.variants, typespace) as [Serializer, Serializer];
  return (writer, value) => {
    const isOk = 'ok' in value;
    if (!isOk && !('err' in value)) {
      throw new TypeError('could not serialize result: object had neither a `ok` nor an `err` field');
    }
    writer.writeByte(isOk ? 0 : 1);
    if (isOk) ok(writer, value.ok);
    else err(writer, value.err);
  };
}

function namesOf(members: Members): string[] {
  return members.map(({ name }) => String(name));
}

function serializersOf(members: Members, typespace: Typespace): Serializer[] {
  return members.map(({ algebraicType }) => AlgebraicType.makeSerializer(algebraicType, typespace));
}

function deserializersOf(members: Members, typespace: Typespace): Deserializer[] {
  return members.map(({ algebraicType }) => AlgebraicType.makeDeserializer(algebraicType, typespace));
}
