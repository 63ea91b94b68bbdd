import { BinaryWriter, ProductType } from 'spacetimedb';
import type { CallArguments } from '../database-api.ts';
import { BsatnReader } from '../sats/bsatn-reader.ts';
import { argumentsFromJson } from '../sats/from-json.ts';
import type { ReducerDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';

/**
 * Checks a call's arguments and returns their BSATN.
 *
 * @throws {Error} with a message that explains the problem
 */
export function encodeArguments(
  called: Pick<ReducerDef, 'name' | 'params'>,
  typespace: Typespace,
  args: CallArguments,
): Uint8Array {
  if (args.format === 'bsatn') {
    // Nothing reads the bytes after the arguments, so they are not an error.
    new BsatnReader(args.bytes).skip({ tag: 'Product', value: called.params }, typespace);
    return args.bytes;
  }
  const value = argumentsFromJson(called.params, called.name, typespace, args.text);
  const writer = new BinaryWriter(256);
  ProductType.makeSerializer(called.params, typespace)(writer, value);
  return writer.getBuffer();
}
