/** Reads the module's refusal of a name that someone else has. */
import { ReducerError } from 'spacetimedb-stores';
import { readTaken } from '../../../spacetimedb/src/refusal-texts.ts';
import { normalizeName } from '../../../spacetimedb/src/rules.ts';

/**
 * @param error why the name was refused
 * @param name as it was entered
 * @returns the name that was refused and a similar one that is free, if there is one; `undefined` if it was refused for
 * another reason
 */
export function takenName(
  error: unknown,
  name: string,
): { readonly name: string; readonly suggestion: string | undefined } | undefined {
  if (!(error instanceof ReducerError)) return undefined;
  const normal = normalizeName(name);
  const taken = readTaken(error.message, normal);
  return taken && { name: normal, suggestion: taken.suggestion };
}
