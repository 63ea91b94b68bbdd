import { generateTypescript } from '../codegen/typescript/generate.ts';
import { writeBindings, type BindingsChanges } from '../codegen/write.ts';
import { bundleModule } from './module/bundle.ts';
import { describeProgram } from './module/describe.ts';

/** The version of `spacetime generate` whose output this writes; the SDK refuses bindings of a CLI older than 1.4.0. */
const CLI_VERSION = '2.8.3';

export interface GenerateBindingsOptions {
  /** The module's folder. */
  readonly module: string;
  /** Where the bindings go; other files in it are left alone. */
  readonly outDir: string;
  /** Write nothing, only say what differs. */
  readonly check?: boolean;
}

/**
 * Writes a module's TypeScript bindings, as `spacetime generate --lang typescript` does.
 *
 * @returns what differed from what was there
 * @throws {BundleError} @throws {ModulePanic} @throws {ModuleDefError} when the module cannot be used
 */
export async function generateBindings({
  module,
  outDir,
  check = false,
}: GenerateBindingsOptions): Promise<BindingsChanges> {
  const def = await describeProgram(await bundleModule(module));
  return writeBindings(outDir, generateTypescript(def, { cliVersion: CLI_VERSION }), { check });
}
