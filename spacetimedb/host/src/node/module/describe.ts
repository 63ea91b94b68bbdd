import { Identity } from 'spacetimedb';
import { MicrosecondClock } from '../../engine/database/clock.ts';
import { DatabaseLog } from '../../engine/database/logs.ts';
import { ModuleRuntime } from '../../engine/database/module-runtime.ts';
import { DEFAULT_LIMITS } from '../../engine/limits.ts';
import type { ModuleDef } from '../../engine/schema/module-def.ts';
import { resolveModuleDef } from '../../engine/schema/resolve.ts';
import { systemTime } from '../../engine/database/time-source.ts';
import { loadModule } from './isolate.ts';

/**
 * Returns the schema of a program without creating a database.
 *
 * @param program the module as one ES module
 * @throws {ModulePanic} @throws {ModuleDefError} when the module is invalid
 */
export async function describeProgram(program: string): Promise<ModuleDef> {
  const runtime = await ModuleRuntime.load(new TextEncoder().encode(program), loadModule, {
    limits: DEFAULT_LIMITS,
    databaseIdentity: Identity.zero(),
    clock: new MicrosecondClock(systemTime.now),
    log: new DatabaseLog(),
    jwtPayload: () => '',
    scheduleImmediate: () => undefined,
  });
  runtime.dispose();
  // Keeps submodules separate, because bindings show them as they are declared.
  return resolveModuleDef(runtime.rawDef);
}
