import type { CallArguments, ProcedureOutcome, ReducerOutcome } from '../database-api.ts';
import { JsonError } from '../sats/json-reader.ts';
import type { ModuleDef, ProcedureDef, ReducerDef } from '../schema/module-def.ts';
import { encodeArguments } from './reducer-arguments.ts';

type Refusal = Extract<
  ReducerOutcome,
  { tag: 'lifecycle_reducer' | 'no_such_reducer' | 'invalid_arguments' }
>;

/** A call that is ready to run, or why it is refused, with the log line of the real host. */
export type PreparedCall =
  | { readonly reducer: ReducerDef; /** BSATN. */ readonly args: Uint8Array }
  | { readonly refusal: Refusal; readonly logLine: string | undefined };

type ProcedureRefusal = Extract<ProcedureOutcome, { tag: 'no_such_procedure' | 'invalid_arguments' }>;

export type PreparedProcedureCall =
  | { readonly procedure: ProcedureDef; /** BSATN. */ readonly args: Uint8Array }
  | { readonly refusal: ProcedureRefusal; readonly logLine: string };

const LIFECYCLE_NAMES = { init: 'Init', on_connect: 'OnConnect', on_disconnect: 'OnDisconnect' } as const;

/**
 * Describes a problem with the arguments. For JSON, the real server prints its whole chain of errors, most of which
 * repeat the location.
 */
function argumentsProblem(kind: 'reducer' | 'procedure', name: string, error: Error): string {
  if (!(error instanceof JsonError)) return `invalid arguments for ${kind} ${name}: ${error.message}`;
  const { path, message } = error;
  const place = path ?? message;
  const cause = path === undefined ? message : `${path}: ${message}`;
  return `invalid arguments for ${kind} ${name}: ${place}: invalid arguments for function ${name}: ${place}: ${cause}`;
}

/**
 * Finds a reducer and checks its arguments.
 *
 * @param name canonical name
 * @param mayCallPrivate is the caller the owner or the database itself? Private reducers do not exist for others.
 */
export function prepareCall(
  { reducers, typespace }: ModuleDef,
  name: string,
  args: CallArguments,
  mayCallPrivate: boolean,
): PreparedCall {
  const reducer = reducers.find((candidate) => candidate.name === name);
  if (reducer?.lifecycle) {
    const lifecycle = LIFECYCLE_NAMES[reducer.lifecycle];
    const message = `can't directly call special ${lifecycle} lifecycle reducer`;
    return { refusal: { tag: 'lifecycle_reducer', message }, logLine: undefined };
  }
  if (!reducer || (reducer.visibility === 'private' && !mayCallPrivate)) {
    return {
      refusal: { tag: 'no_such_reducer', message: 'no such reducer' },
      logLine: missingFunction('reducer', name),
    };
  }
  try {
    return { reducer, args: encodeArguments(reducer, typespace, args) };
  } catch (error) {
    const message = argumentsProblem('reducer', name, error as Error);
    return {
      refusal: { tag: 'invalid_arguments', message },
      logLine: badArguments('reducer', name),
    };
  }
}

/** Like {@link prepareCall}, for a procedure. */
export function prepareProcedureCall(
  { procedures, typespace }: ModuleDef,
  name: string,
  args: CallArguments,
  mayCallPrivate: boolean,
): PreparedProcedureCall {
  const procedure = procedures.find((candidate) => candidate.name === name);
  if (!procedure || (procedure.visibility === 'private' && !mayCallPrivate)) {
    return {
      refusal: { tag: 'no_such_procedure', message: 'No such procedure' },
      logLine: missingFunction('procedure', name),
    };
  }
  try {
    return { procedure, args: encodeArguments(procedure, typespace, args) };
  } catch (error) {
    const message = argumentsProblem('procedure', name, error as Error);
    return { refusal: { tag: 'invalid_arguments', message }, logLine: badArguments('procedure', name) };
  }
}

function missingFunction(kind: 'reducer' | 'procedure', name: string): string {
  return `External attempt to call nonexistent ${kind} "${name}" failed. Have you run \`spacetime generate\` recently?`;
}

function badArguments(kind: 'reducer' | 'procedure', name: string): string {
  return `External attempt to call ${kind} "${name}" failed, invalid arguments.\nThis is likely due to a mismatched client schema, have you run \`spacetime generate\` recently?`;
}
