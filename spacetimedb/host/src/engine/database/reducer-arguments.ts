import { BinaryReader, BinaryWriter, ProductType } from 'spacetimedb';
import type { CallArguments } from '../database-api.ts';
import { argumentsFromJson } from '../sats/from-json.ts';
import type { ReducerDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';

/**
 * Checks a call's arguments and returns their BSATN.
 *
 * @throws {Error} with a message that says what is wrong with them
 */
export function encodeArguments(reducer: ReducerDef, typespace: Typespace, args: CallArguments): Uint8Array {
  if (args.format === 'bsatn') {
    checkBsatn(reducer, typespace, args.bytes);
    return args.bytes;
  }
  const value = argumentsFromJson(reducer.params, reducer.name, typespace, args.text);
  const writer = new BinaryWriter(256);
  ProductType.makeSerializer(reducer.params, typespace)(writer, value);
  return writer.getBuffer();
}

function checkBsatn(reducer: ReducerDef, typespace: Typespace, bytes: Uint8Array): void {
  const reader = new BinaryReader(bytes);
  ProductType.makeDeserializer(reducer.params, typespace)(reader);
  if (reader.remaining < 0) throw new Error('the arguments are truncated');
  if (reader.remaining > 0) throw new Error(`the arguments have ${reader.remaining} trailing bytes`);
}
