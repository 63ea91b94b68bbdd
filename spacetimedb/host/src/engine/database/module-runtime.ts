import type { ConnectionId, Identity } from 'spacetimedb';
import { HostCallError, errno } from '../abi/errno.ts';
import type { HostEnvironment } from '../abi/host-environment.ts';
import {
  decodeHttpResponse,
  encodeHttpRequest,
  type HttpRequest,
  type HttpResponse,
} from '../abi/http-messages.ts';
import {
  FATAL_ERROR,
  SenderErrorThrown,
  type ModuleInstance,
  type ModuleLoader,
  type ProcedureHost,
  type SourceLocation,
} from '../abi/module-instance.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { TableReads } from '../datastore/table-reads.ts';
import type { Transaction } from '../datastore/transaction.ts';
import { ruleProblems } from '../row-security/rules.ts';
import { BsatnReader } from '../sats/bsatn-reader.ts';
import { mountSubmodules } from '../schema/mount-submodules.ts';
import type {
  HttpHandlerDef,
  ModuleDef,
  ProcedureDef,
  ReducerDef,
  TableDef,
  ViewDef,
} from '../schema/module-def.ts';
import { resolveModuleDef } from '../schema/resolve.ts';
import { ModuleDefError, unsupportedFeatures } from '../schema/validate.ts';
import {
  Effects,
  logFailure,
  logRejection,
  makeEnvironment,
  type RuntimeServices,
} from './module-environment.ts';

/** The result of a reducer. Its transaction may be committed only for `ok`. */
export type RunResult =
  { readonly tag: 'ok' } | { readonly tag: 'sender_error' | 'fatal'; readonly message: string };

/** The result of a procedure. */
export type ProcedureResult =
  | { readonly tag: 'returned'; /** BSATN. */ readonly value: Uint8Array }
  | { readonly tag: 'fatal'; readonly message: string };

/** The result of an HTTP handler. */
export type HttpHandlerResult =
  | { readonly tag: 'answered'; readonly response: HttpResponse; readonly body: Uint8Array }
  | { readonly tag: 'fatal'; readonly message: string };

/** Begins and commits the transactions of a procedure or an HTTP handler. */
export interface ProcedureTransactions {
  begin(): { readonly datastore: Datastore; readonly transaction: Transaction };
  /** @throws {HostCallError} when the transaction cannot be committed */
  commit(transaction: Transaction): void;
}

/** A loaded program and its schema. Runs reducers and views, and writes their log lines. */
export class ModuleRuntime {
  /** Includes the items of submodules. */
  readonly def: ModuleDef;
  /** BSATN of the `RawModuleDef`. */
  readonly rawDef: Uint8Array;
  /** UTF-8 source of one ES module. */
  readonly program: Uint8Array;
  readonly #instance: ModuleInstance;
  readonly #environment: HostEnvironment;
  readonly #services: RuntimeServices;
  readonly #effects: Effects;

  /**
   * @param program UTF-8 source of one ES module
   * @throws {ModulePanic} when the program does not load
   * @throws {ModuleDefError} when its description is invalid, or uses a feature that this host does not support
   */
  static async load(
    program: Uint8Array,
    loader: ModuleLoader,
    services: RuntimeServices,
  ): Promise<ModuleRuntime> {
    // The environment is created before the instance, because the log lines of a loading module need it.
    const holder: { instance?: ModuleInstance } = {};
    const effects = new Effects();
    const environment = makeEnvironment(services, effects, () => holder.instance?.currentLocation());
    try {
      const instance = await loader(program, environment, {
        callMillis: services.limits.callMillis,
        procedures: services.limits.procedures,
        procedureBytes: services.limits.procedureBytes,
        onRejection: (reason) => logRejection(services, reason),
      });
      holder.instance = instance;
      return new ModuleRuntime(program, instance, environment, services, effects);
    } catch (error) {
      holder.instance?.dispose();
      throw error;
    } finally {
      effects.release();
    }
  }

  private constructor(
    program: Uint8Array,
    instance: ModuleInstance,
    environment: HostEnvironment,
    services: RuntimeServices,
    effects: Effects,
  ) {
    this.program = program;
    this.#instance = instance;
    this.#environment = environment;
    this.#services = services;
    this.#effects = effects;
    this.rawDef = instance.describe();
    const def = resolveModuleDef(this.rawDef);
    this.def = mountSubmodules(def);
    const problems = [...unsupportedFeatures(def), ...ruleProblems(this.def)];
    if (problems.length > 0) throw new ModuleDefError(problems);
  }

  /** Frees the program. Call no other method afterwards. */
  dispose(): void {
    this.#instance.dispose();
  }

  /** The reducer that the host calls for this lifecycle event. */
  lifecycleReducer(lifecycle: NonNullable<ReducerDef['lifecycle']>): ReducerDef | undefined {
    return this.def.reducers.find((reducer) => reducer.lifecycle === lifecycle);
  }

  /** The reducer that runs for each due row of a scheduled table. */
  scheduledReducer({ schedule }: TableDef): ReducerDef | undefined {
    return this.def.reducers.find(
      ({ name, sourceName }) => schedule && [name, sourceName].includes(schedule.functionName),
    );
  }

  /** The procedure that runs for each due row of a scheduled table, when it is not a reducer. */
  scheduledProcedure({ schedule }: TableDef): ProcedureDef | undefined {
    return this.def.procedures.find(
      ({ name, sourceName }) => schedule && [name, sourceName].includes(schedule.functionName),
    );
  }

  /** @param args BSATN, already checked against the reducer's parameters */
  run(
    reducer: ReducerDef,
    call: { datastore: Datastore; transaction: Transaction; timestamp: number },
    sender: Identity,
    connectionId: ConnectionId | null,
    args: Uint8Array,
  ): RunResult {
    try {
      this.#instance.restart();
      this.#effects.functionName = reducer.name;
      this.#environment.withTransaction(call.datastore, call.transaction, () =>
        this.#instance.callReducer(
          reducer.id,
          sender.__identity__,
          connectionId?.__connection_id__ ?? 0n,
          BigInt(call.timestamp),
          args,
        ),
      );
      return { tag: 'ok' };
    } catch (error) {
      this.#effects.release();
      if (error instanceof SenderErrorThrown) {
        const { log, clock } = this.#services;
        log.writeSystem('Error', clock.now(), error.message, reducer.name);
        return { tag: 'sender_error', message: error.message };
      }
      this.#logPanic(reducer.name, error);
      return { tag: 'fatal', message: FATAL_ERROR };
    } finally {
      this.#effects.functionName = undefined;
      this.#effects.release();
    }
  }

  /**
   * Runs a procedure in its own thread.
   *
   * @param args BSATN, already checked against the procedure's parameters
   */
  async callProcedure(
    procedure: ProcedureDef,
    transactions: ProcedureTransactions,
    timestamp: number,
    sender: Identity,
    connectionId: ConnectionId | null,
    args: Uint8Array,
  ): Promise<ProcedureResult> {
    try {
      const value = await this.#instance.callProcedure(
        {
          id: procedure.id,
          sender: sender.__identity__,
          connectionId: connectionId?.__connection_id__ ?? 0n,
          timestamp: BigInt(timestamp),
          args,
        },
        (currentLocation) => this.#procedureHost(procedure, transactions, currentLocation),
      );
      new BsatnReader(value).skip(procedure.returnType, this.def.typespace);
      return { tag: 'returned', value };
    } catch (error) {
      this.#logPanic(procedure.name, error);
      return {
        tag: 'fatal',
        message: `The module instance encountered a fatal error: ${(error as Error).message}`,
      };
    }
  }

  /** Lets an HTTP handler answer a request, in its own thread. */
  async callHttpHandler(
    handler: HttpHandlerDef,
    transactions: ProcedureTransactions,
    timestamp: number,
    request: HttpRequest,
    body: Uint8Array,
  ): Promise<HttpHandlerResult> {
    try {
      const answer = await this.#instance.callHttpHandler(
        { id: handler.id, timestamp: BigInt(timestamp), request: encodeHttpRequest(request), body },
        (currentLocation) => this.#procedureHost(handler, transactions, currentLocation),
      );
      return { tag: 'answered', response: decodeHttpResponse(answer.response), body: answer.body };
    } catch (error) {
      this.#logPanic(handler.name, error);
      return { tag: 'fatal', message: (error as Error).message };
    }
  }

  #procedureHost(
    { name }: Pick<ProcedureDef, 'name'>,
    transactions: ProcedureTransactions,
    currentLocation: () => SourceLocation,
  ): ProcedureHost {
    const { clock, limits, log } = this.#services;
    // Nothing can stop an effect half-way here, so it is applied at once.
    const effects = { functionName: name, add: (effect: () => void) => effect() };
    const environment = makeEnvironment(this.#services, effects, currentLocation);
    let fetches = 0;
    return {
      environment,
      transaction: (serve) => {
        const { datastore, transaction } = transactions.begin();
        const isCommitted = environment.withTransaction(datastore, transaction, () =>
          serve(BigInt(clock.now())),
        );
        if (isCommitted) transactions.commit(transaction);
      },
      fetch: async (request, body) => {
        try {
          if (!this.#services.fetch) throw new Error('This host sends no HTTP requests');
          if (++fetches > limits.fetches) {
            throw new Error(`One call may send ${limits.fetches} HTTP requests (limit fetches)`);
          }
          return await this.#services.fetch(request, body);
        } catch (error) {
          throw new HostCallError(errno.HTTP_ERROR, (error as Error).message);
        }
      },
      danglingTransaction: () =>
        log.writeSystem('Error', clock.now(), `aborting dangling anonymous transaction in procedure ${name}`),
    };
  }

  /**
   * Evaluates a view.
   * @returns BSATN of a `ViewResultHeader` and its payload, and what the view read
   * @throws the module's error, after logging it
   */
  callView(
    view: ViewDef,
    sender: Identity,
    datastore: Datastore,
    transaction: Transaction,
  ): { readonly bytes: Uint8Array; readonly reads: TableReads } {
    try {
      this.#instance.restart();
      this.#effects.functionName = view.name;
      const { result, reads } = this.#environment.whileReading(datastore, transaction, () =>
        this.#instance.callView(view.id, view.isAnonymous ? undefined : sender.__identity__),
      );
      return { bytes: result, reads };
    } catch (error) {
      this.#effects.release();
      this.#logPanic(view.name, error);
      throw error;
    } finally {
      this.#effects.functionName = undefined;
      this.#effects.release();
    }
  }

  #logPanic(functionName: string, error: unknown): void {
    logFailure(this.#services, 'Panic', functionName, error);
  }
}
