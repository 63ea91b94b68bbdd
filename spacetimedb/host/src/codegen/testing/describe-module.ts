/** Gets the description of a module written with the real SDK, for tests. */
import type { Syscalls } from '../../engine/abi/syscalls.ts';
import { loadModule } from '../../node/module/isolate.ts';
import { bundleSource } from '../../testing/module-source.ts';

/** A module makes no system call while it describes itself. */
const NO_SYSCALLS = new Proxy({} as Syscalls, {
  get: (_target, name) => () => {
    throw new TypeError(`a module called ${String(name)} to describe itself`);
  },
});

/**
 * @param source text of an ES module that uses `spacetimedb/server`
 * @returns BSATN of its `RawModuleDef`, whether or not this host can run it
 */
export async function describeModule(source: string): Promise<Uint8Array> {
  const program = new TextEncoder().encode(await bundleSource(source));
  const module = await loadModule(program, NO_SYSCALLS);
  module.dispose();
  return module.describe();
}
