import type { HttpRequest } from '../abi/http-messages.ts';
import type { CallArguments, Caller, HttpHandlerOutcome, ProcedureOutcome } from '../database-api.ts';
import type { ProcedureDef } from '../schema/module-def.ts';
import type { CallContext } from './call-context.ts';
import type { ClientProcedureResult } from './database-parts.ts';
import type { ProcedureResult } from './module-runtime.ts';
import { prepareProcedureCall } from './prepare-call.ts';
import { ProcedureCommits } from './procedure-commits.ts';

/** Runs a database's procedures and HTTP handlers, which run concurrently with other calls. */
export class ProcedureCalls {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /** Calls a procedure by name. Its changes are sent to all clients, including the caller. */
  async call(caller: Caller, name: string, args: CallArguments): Promise<ClientProcedureResult> {
    const { clock, logSystem, mayCallPrivate, module } = this.#context;
    const start = performance.now();
    const timestamp = clock.now();
    const failed = (outcome: ProcedureOutcome) => ({ outcome, timestamp: 0, offset: undefined });
    const failure = this.#context.failure();
    if (failure !== undefined) return failed({ tag: 'unavailable', message: failure });
    const { def } = module().runtime;
    const call = prepareProcedureCall(def, name, args, mayCallPrivate(caller));
    if ('refusal' in call) {
      logSystem('Error', call.logLine, name);
      return failed(call.refusal);
    }
    const { result, offset } = await this.run(call.procedure, caller, call.args, timestamp);
    if (result.tag === 'fatal') return { ...failed(result), offset };
    const outcome: ProcedureOutcome = {
      ...result,
      type: call.procedure.returnType,
      typespace: def.typespace,
      durationMicros: Math.round((performance.now() - start) * 1000),
    };
    return { outcome, timestamp, offset };
  }

  /** Runs a procedure. @param args BSATN, already checked against its parameters */
  async run(
    procedure: ProcedureDef,
    { identity, connectionId }: Caller,
    args: Uint8Array,
    timestamp = this.#context.clock.now(),
  ): Promise<{ result: ProcedureResult; offset: number | undefined }> {
    const { runtime } = this.#context.module();
    const commits = this.#commits();
    const result = await runtime.callProcedure(procedure, commits, timestamp, identity, connectionId, args);
    return { result, offset: commits.offset };
  }

  /** Lets an HTTP handler answer a request. @param name its canonical name */
  async handleHttp(name: string, request: HttpRequest, body: Uint8Array): Promise<HttpHandlerOutcome> {
    const { clock, module } = this.#context;
    const { runtime } = module();
    const handler = runtime.def.httpHandlers.find((candidate) => candidate.name === name);
    if (!handler) return { tag: 'no_such_handler' };
    const failure = this.#context.failure();
    if (failure !== undefined) return { tag: 'unavailable', message: failure };
    const commits = this.#commits();
    const result = await runtime.callHttpHandler(handler, commits, clock.now(), request, body);
    if (result.tag === 'fatal') return result;
    return { ...result, hasCommitted: commits.offset !== undefined };
  }

  #commits(): ProcedureCommits {
    const { commit, failure, limits, module } = this.#context;
    const { datastore } = module();
    return new ProcedureCommits({
      datastore,
      limits,
      failure,
      commit: (transaction) => commit(transaction).offset,
    });
  }
}
