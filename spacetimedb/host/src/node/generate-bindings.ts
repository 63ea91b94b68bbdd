import { generateTypescript } from '../codegen/typescript/generate.ts';
import { writeBindings, type BindingsChanges } from '../codegen/write.ts';
import { bundleModule } from './module/bundle.ts';
import { describeProgram } from './module/describe.ts';

/**
 * The version of `spacetime generate` that produces the same output. The SDK refuses bindings of versions below
 * 1.4.0.
 */
const CLI_VERSION = '2.8.3';

export interface GenerateBindingsOptions {
  /** The module's folder. */
  readonly module: string;
  /** The bindings folder. Other files in it are left alone. */
  readonly outDir: string;
  /** Only report differences, without writing? No by default. */
  readonly check?: boolean;
}

/**
 * Writes a module's TypeScript bindings, like `spacetime generate --lang typescript`.
 *
 * @returns the differences found
 * @throws {BundleError} @throws {ModulePanic} @throws {ModuleDefError} when the module is invalid
 */
export async function generateBindings({
  module,
  outDir,
  check = false,
}: GenerateBindingsOptions): Promise<BindingsChanges> {
  const def = await describeProgram(await bundleModule(module));
  return writeBindings(outDir, generateTypescript(def, { cliVersion: CLI_VERSION }), { check });
}
