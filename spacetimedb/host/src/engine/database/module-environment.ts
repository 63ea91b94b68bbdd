/** The environment of a running program: its host calls, its log lines, and what happens after a run. */
import type { Identity } from 'spacetimedb';
import { HostEnvironment } from '../abi/host-environment.ts';
import { ModulePanic, type SourceLocation } from '../abi/module-instance.ts';
import type { HttpAnswer } from '../abi/syscalls.ts';
import type { LogRecord } from '../database-api.ts';
import type { HostLimits } from '../limits.ts';
import type { MicrosecondClock } from './clock.ts';
import { logLevel, type DatabaseLog } from './logs.ts';

export interface RuntimeServices {
  readonly limits: Pick<HostLimits, 'callMillis' | 'procedures' | 'procedureBytes' | 'fetches'>;
  /** Sends the HTTP requests of procedures and HTTP handlers; none can be sent without it. @throws {Error} with a sentence for the module */
  readonly fetch?: ((request: Uint8Array, body: Uint8Array) => Promise<HttpAnswer>) | undefined;
  readonly databaseIdentity: Identity;
  readonly clock: MicrosecondClock;
  readonly log: DatabaseLog;
  readonly jwtPayload: (connectionId: bigint) => string;
  readonly scheduleImmediate: (reducer: string, args: Uint8Array) => void;
}

/** Effects that one run may queue. When there are more, the oldest are dropped, as the log would drop them. */
const KEPT_EFFECTS = 20_000;

/**
 * The effects of a run besides its transaction: log lines and queued calls. They are applied after the run, because a
 * time limit may stop a run at any point, even inside one of these.
 */
export class Effects {
  /** The running reducer or view; absent while the program's top level runs. */
  functionName: string | undefined;
  #waiting: (() => void)[] = [];

  add(effect: () => void): void {
    this.#waiting.push(effect);
    if (this.#waiting.length >= 2 * KEPT_EFFECTS) this.#waiting = this.#waiting.slice(-KEPT_EFFECTS);
  }

  release(): void {
    if (this.#waiting.length === 0) return;
    const effects = this.#waiting;
    this.#waiting = [];
    for (const effect of effects) effect();
  }
}

export function logRejection(services: RuntimeServices, reason: Error): void {
  logFailure(services, 'Error', undefined, reason, 'Unhandled promise rejection: ');
}

export function logFailure(
  { log, clock }: RuntimeServices,
  level: LogRecord['level'],
  functionName: string | undefined,
  error: unknown,
  prefix = '',
): void {
  const frames = error instanceof ModulePanic ? error.frames : [];
  const at = location(frames[0]);
  log.write({
    level,
    ts: clock.now(),
    ...at,
    ...(functionName === undefined ? {} : { function: functionName }),
    message: prefix + (error instanceof Error ? error.message : String(error)),
    trace: frames.map(({ file, functionName: name }) => ({
      ...(file === undefined ? {} : { module_name: file }),
      ...(name === undefined ? {} : { func_name: name }),
    })),
  });
}

/** Makes the environment in which a program, or one of its procedures, runs. */
export function makeEnvironment(
  services: RuntimeServices,
  effects: Pick<Effects, 'functionName' | 'add'>,
  currentLocation: () => SourceLocation | undefined,
): HostEnvironment {
  const { clock, log } = services;
  const write = (level: LogRecord['level'], message: string) => {
    const { functionName } = effects;
    const record: LogRecord = {
      level,
      ts: clock.now(),
      ...location(currentLocation()),
      ...(functionName === undefined ? {} : { function: functionName }),
      message,
    };
    effects.add(() => log.write(record));
  };
  return new HostEnvironment({
    databaseIdentity: services.databaseIdentity.__identity__,
    nowMicros: () => clock.now(),
    jwtPayload: services.jwtPayload,
    scheduleImmediate: (reducer, args) => effects.add(() => services.scheduleImmediate(reducer, args)),
    log: (level, message) => write(logLevel(level), message),
    logTimer: (name, micros) => write('Info', `Timing span "${name}": ${formatDuration(micros)}`),
  });
}

function location(at: SourceLocation | undefined): Pick<LogRecord, 'filename' | 'line_number'> {
  return {
    ...(at?.file === undefined ? {} : { filename: at.file }),
    ...(at?.line === undefined ? {} : { line_number: at.line }),
  };
}

/** Formats whole microseconds like Rust's `Duration`: `12µs`, `1.5ms`, `2.25s`. */
function formatDuration(micros: number): string {
  if (micros < 1000) return `${micros}µs`;
  if (micros < 1_000_000) return `${micros / 1000}ms`;
  return `${micros / 1_000_000}s`;
}
