import type { ConnectionId, Identity } from 'spacetimedb';
import { HostEnvironment } from '../abi/host-environment.ts';
import {
  ModulePanic,
  SenderErrorThrown,
  type ModuleInstance,
  type ModuleLoader,
  type SourceLocation,
} from '../abi/module-instance.ts';
import type { LogRecord } from '../database-api.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Table } from '../datastore/table.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { ModuleDef, ReducerDef, TableDef, ViewDef } from '../schema/module-def.ts';
import { resolveModuleDef } from '../schema/resolve.ts';
import { ModuleDefError, unsupportedFeatures } from '../schema/validate.ts';
import type { MicrosecondClock } from './clock.ts';
import { logLevel, type DatabaseLog } from './logs.ts';

/** What callers are told of every failure that is not a `SenderError`; the log has the rest. */
const FATAL_ERROR = 'The instance encountered a fatal error.';

export interface RuntimeServices {
  readonly databaseIdentity: Identity;
  readonly clock: MicrosecondClock;
  readonly log: DatabaseLog;
  readonly jwtPayload: (connectionId: bigint) => string;
  readonly scheduleImmediate: (reducer: string, args: Uint8Array) => void;
}

/** How a reducer ended: what it wrote is in the transaction that it was given, which is worth committing only for `ok`. */
export type RunResult =
  { readonly tag: 'ok' } | { readonly tag: 'sender_error' | 'fatal'; readonly message: string };

/** A loaded program with its schema: runs reducers and writes what they log. */
export class ModuleRuntime {
  readonly def: ModuleDef;
  /** BSATN of the `RawModuleDef`. */
  readonly rawDef: Uint8Array;
  readonly #instance: ModuleInstance;
  readonly #environment: HostEnvironment;
  readonly #services: RuntimeServices;

  /**
   * @param program UTF-8 source of one ES module
   * @throws {ModulePanic} when the program does not load
   * @throws {ModuleDefError} when what it describes is not valid, or needs something that this host does not have
   */
  static async load(
    program: Uint8Array,
    loader: ModuleLoader,
    services: RuntimeServices,
  ): Promise<ModuleRuntime> {
    // The environment is there before the instance, which the log lines of a starting module need.
    const holder: { instance?: ModuleInstance } = {};
    const environment = makeEnvironment(services, () => holder.instance?.currentLocation());
    const instance = await loader(program, environment);
    holder.instance = instance;
    return new ModuleRuntime(instance, environment, services);
  }

  private constructor(instance: ModuleInstance, environment: HostEnvironment, services: RuntimeServices) {
    this.#instance = instance;
    this.#environment = environment;
    this.#services = services;
    this.rawDef = instance.describe();
    this.def = resolveModuleDef(this.rawDef);
    const unsupported = unsupportedFeatures(this.def);
    if (unsupported.length > 0) throw new ModuleDefError(unsupported);
  }

  /** The reducer that the host itself calls at this point of a client's or the database's life. */
  lifecycleReducer(lifecycle: NonNullable<ReducerDef['lifecycle']>): ReducerDef | undefined {
    return this.def.reducers.find((reducer) => reducer.lifecycle === lifecycle);
  }

  /** The reducer that is called for each row of a scheduled table, when the row is due. */
  scheduledReducer({ schedule }: TableDef): ReducerDef | undefined {
    return this.def.reducers.find(
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
      if (error instanceof SenderErrorThrown) {
        const { log, clock } = this.#services;
        log.writeSystem('Error', clock.now(), error.message, reducer.name);
        return { tag: 'sender_error', message: error.message };
      }
      this.#logPanic(reducer.name, error);
      return { tag: 'fatal', message: FATAL_ERROR };
    }
  }

  /**
   * Computes a view.
   * @returns BSATN of a `ViewResultHeader` and what follows it, and the tables that it looked into
   * @throws what the module throws, when that is written to the log
   */
  callView(
    view: ViewDef,
    sender: Identity,
    datastore: Datastore,
    transaction: Transaction,
  ): { readonly bytes: Uint8Array; readonly reads: ReadonlySet<Table> } {
    try {
      const { result, reads } = this.#environment.whileReading(datastore, transaction, () =>
        this.#instance.callView(view.id, view.isAnonymous ? undefined : sender.__identity__),
      );
      return { bytes: result, reads };
    } catch (error) {
      this.#logPanic(view.name, error);
      throw error;
    }
  }

  #logPanic(functionName: string, error: unknown): void {
    const frames = error instanceof ModulePanic ? error.frames : [];
    this.#services.log.write({
      level: 'Panic',
      ts: this.#services.clock.now(),
      ...location(frames[0]),
      function: functionName,
      message: error instanceof Error ? error.message : String(error),
      trace: frames.map(({ file, functionName: name }) => ({
        ...(file === undefined ? {} : { module_name: file }),
        ...(name === undefined ? {} : { func_name: name }),
      })),
    });
  }
}

function makeEnvironment(
  services: RuntimeServices,
  currentLocation: () => SourceLocation | undefined,
): HostEnvironment {
  const { clock, log } = services;
  return new HostEnvironment({
    databaseIdentity: services.databaseIdentity.__identity__,
    nowMicros: () => clock.now(),
    jwtPayload: services.jwtPayload,
    scheduleImmediate: services.scheduleImmediate,
    log: (level, message) =>
      log.write({ level: logLevel(level), ts: clock.now(), ...location(currentLocation()), message }),
    logTimer: (name, micros) =>
      log.write({
        level: 'Info',
        ts: clock.now(),
        ...location(currentLocation()),
        message: `Timing span "${name}": ${formatDuration(micros)}`,
      }),
  });
}

function location(at: SourceLocation | undefined): Pick<LogRecord, 'filename' | 'line_number' | 'function'> {
  return {
    ...(at?.file === undefined ? {} : { filename: at.file }),
    ...(at?.line === undefined ? {} : { line_number: at.line }),
    ...(at?.functionName === undefined ? {} : { function: at.functionName }),
  };
}

/** As Rust prints a `Duration` of whole microseconds: `12µs`, `1.5ms`, `2.25s`. */
function formatDuration(micros: number): string {
  if (micros < 1000) return `${micros}µs`;
  if (micros < 1_000_000) return `${micros / 1000}ms`;
  return `${micros / 1_000_000}s`;
}
