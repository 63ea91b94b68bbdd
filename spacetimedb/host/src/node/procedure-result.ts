import { AlgebraicType, BinaryReader } from 'spacetimedb';
import type { Caller, DatabaseApi, ProcedureOutcome } from '../engine/database-api.ts';
import { toArguments, type ReducerArguments } from './reducer-arguments.ts';

/** How a procedure call ended. */
export type ProcedureResult =
  | {
      readonly tag: 'returned';
      /** What the procedure returned, with the names of fields and variants in the module's source. */
      readonly value: unknown;
      readonly durationMicros: number;
    }
  | Exclude<ProcedureOutcome, { tag: 'returned' }>;

/** Calls a procedure. @param args in SATS-JSON, by position or by name; bigints are allowed */
export async function callProcedure(
  database: DatabaseApi,
  caller: Caller,
  name: string,
  args: ReducerArguments = [],
): Promise<ProcedureResult> {
  const { sourceTypespace } = database.moduleDef;
  const outcome = await database.callProcedure(caller, name, toArguments(args));
  if (outcome.tag !== 'returned') return outcome;
  const { type, value, durationMicros } = outcome;
  const read = AlgebraicType.makeDeserializer(type, sourceTypespace);
  return { tag: 'returned', value: read(new BinaryReader(value)) as unknown, durationMicros };
}
