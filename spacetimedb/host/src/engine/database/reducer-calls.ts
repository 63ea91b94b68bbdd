import type { CallArguments, Caller, ReducerOutcome } from '../database-api.ts';
import type { ReducerDef } from '../schema/module-def.ts';
import { ViewError } from '../views/evaluate-view.ts';
import type { QuerySetUpdate } from '../wire/messages.ts';
import type { CallContext, CommitExtras } from './call-context.ts';
import type { ClientCallResult, DatabaseClient } from './database-parts.ts';
import type { RunResult } from './module-runtime.ts';
import { prepareCall } from './prepare-call.ts';

/** Calls a database's reducers, each in one transaction. */
export class ReducerCalls {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /** Calls a reducer by name. @param client the client that gets its own changes with the result */
  call(caller: Caller, name: string, args: CallArguments, client?: DatabaseClient): ClientCallResult {
    const { clock, logSystem, mayCallPrivate, module } = this.#context;
    const start = performance.now();
    const timestamp = clock.now();
    const failed = (outcome: ReducerOutcome) => ({ outcome, querySets: [], timestamp, offset: undefined });
    const failure = this.#context.failure();
    if (failure !== undefined) return failed({ tag: 'unavailable', message: failure });
    const call = prepareCall(module().runtime.def, name, args, mayCallPrivate(caller));
    if ('refusal' in call) {
      if (call.logLine !== undefined) logSystem('Error', call.logLine, name);
      return failed(call.refusal);
    }
    const { result, querySets, offset } = this.run(call.reducer, caller, call.args, { client }, timestamp);
    if (result.tag !== 'ok') return failed(result);
    const durationMicros = Math.round((performance.now() - start) * 1000);
    return { outcome: { tag: 'ok', durationMicros }, querySets, timestamp, offset };
  }

  /** Runs a lifecycle reducer, if the module has it, and stores `extras` in the same transaction. */
  runLifecycle(
    lifecycle: NonNullable<ReducerDef['lifecycle']>,
    caller: Caller,
    extras: CommitExtras,
  ): RunResult {
    const { commit, module } = this.#context;
    const { datastore, runtime } = module();
    const reducer = runtime.lifecycleReducer(lifecycle);
    if (reducer) return this.run(reducer, caller, new Uint8Array(0), extras).result;
    commit(datastore.begin(), extras);
    return { tag: 'ok' };
  }

  /** Runs a reducer. @param args BSATN, already checked against its parameters */
  run(
    reducer: ReducerDef,
    caller: Caller,
    args: Uint8Array,
    extras: CommitExtras = {},
    timestamp = this.#context.clock.now(),
  ): { result: RunResult; querySets: QuerySetUpdate[]; offset: number | undefined } {
    const { commit, limits, module } = this.#context;
    const { datastore, runtime } = module();
    const transaction = datastore.begin(limits);
    const call = { datastore, transaction, timestamp };
    const result = runtime.run(reducer, call, caller.identity, caller.connectionId, args);
    if (result.tag !== 'ok') return { result, querySets: [], offset: undefined };
    try {
      return { result, ...commit(transaction, extras) };
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      // A view can no longer be evaluated, so the transaction that would cause this is not committed.
      return { result: { tag: 'fatal', message: error.message }, querySets: [], offset: undefined };
    }
  }
}
