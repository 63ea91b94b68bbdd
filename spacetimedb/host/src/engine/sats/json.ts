/** SATS-JSON: the JSON of requests and answers, with integers of any size kept exact. */
import { read } from './from-json.ts';
import type { JsonReader } from './json-reader.ts';

export { argumentsFromJson, fromJson } from './from-json.ts';
export { JsonError } from './json-reader.ts';
export { algebraicTypeJson, productTypeJson, toTypedJson, toUntypedJson } from './to-json.ts';

export type JsonValue =
  null | boolean | number | bigint | string | JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Reads any JSON text. Integers that a `number` cannot hold exactly come out as `bigint`, as long as they fit
 * 64 bits; of a key that stands twice in an object the last value counts.
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
