import type { ReducerOutcome } from '../database-api.ts';
import type { ModuleDef, ReducerDef } from '../schema/module-def.ts';

type Refusal = Extract<ReducerOutcome, { tag: 'lifecycle_reducer' | 'no_such_reducer' }>;

const LIFECYCLE_NAMES = { init: 'Init', on_connect: 'OnConnect', on_disconnect: 'OnDisconnect' } as const;

/**
 * The reducer that somebody calls by name, or why they may not.
 *
 * @param name canonical
 * @param mayCallPrivate whether the caller is the owner, or the database itself; private reducers are not there for
 * anybody else
 */
export function callableReducer(
  { reducers }: ModuleDef,
  name: string,
  mayCallPrivate: boolean,
): ReducerDef | Refusal {
  const reducer = reducers.find((candidate) => candidate.name === name);
  if (reducer?.lifecycle) {
    const lifecycle = LIFECYCLE_NAMES[reducer.lifecycle];
    return {
      tag: 'lifecycle_reducer',
      message: `can't directly call special ${lifecycle} lifecycle reducer`,
    };
  }
  if (!reducer || (reducer.visibility === 'private' && !mayCallPrivate)) {
    return { tag: 'no_such_reducer', message: 'no such reducer' };
  }
  return reducer;
}
