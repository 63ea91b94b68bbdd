/** `npm run example -- NAME`: builds an example, runs its module and serves its page on one port. */
import path from 'node:path';
import { failInOneLine, parsePort, startHost, stopOnSignals, UsageError } from 'spacetimedb-host';
import { ROOT } from '../tools/environment.ts';
import { examples } from '../tools/examples.ts';

try {
  const [name = ''] = process.argv.slice(2);
  const example = Object.hasOwn(examples, name) ? examples[name] : undefined;
  if (!example) throw new UsageError(`name an example: ${Object.keys(examples).join(', ')}`);
  const port = parsePort(process.env['PORT'] || '3000');
  const host = await startHost({
    module: path.join(ROOT, example.module),
    name: example.database,
    port,
    dataDir: path.resolve(ROOT, process.env['DATA_DIR'] || example.dataDir),
    staticDir: await example.build(),
  });
  stopOnSignals(() => host.stop());
  console.log(`The example runs at ${host.uri}`);
} catch (error) {
  failInOneLine(error, error instanceof UsageError ? 2 : 1);
}
