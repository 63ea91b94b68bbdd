/**
 * `npm run generate`: writes the bindings of this repository's modules, as `spacetime generate` does. `--
 * --check` only compares.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { failInOneLine, generateBindings } from 'spacetimedb-host';
import { ROOT } from '../tools/environment.ts';

const modules = [
  ['spacetimedb', 'web/module_bindings'],
  ['adapters/examples/spacetimedb', 'adapters/examples/module_bindings'],
  ['adapters/test/module', 'adapters/test/module_bindings'],
] as const;

try {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  for (const [module, bindings] of modules) {
    const outDir = path.join(ROOT, bindings);
    const changes = await generateBindings({ module: path.join(ROOT, module), outDir, check: values.check });
    const differing = Object.values(changes).flat();
    if (values.check && differing.length > 0) {
      throw new Error(`the bindings in ${bindings} are not up to date: ${differing.join(', ')}`);
    }
    if (!values.check) console.log(`${bindings}: ${differing.length === 0 ? 'up to date' : 'written'}`);
  }
} catch (error) {
  failInOneLine(error);
}
