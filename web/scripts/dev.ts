/** `npm run dev`: Vite's dev server and the host in one process. Republishes a changed module. */
import path from 'node:path';
import {
  failInOneLine,
  generateBindings,
  startHost,
  stopOnSignals,
  type StartedHost,
} from 'spacetimedb-host';
import { createServer } from 'vite';
import { expectFreePort } from '../tools/addresses.ts';
import { ROOT, readEnvironment } from '../tools/environment.ts';

const MODULE = path.join(ROOT, 'spacetimedb');
const BINDINGS = path.join(ROOT, 'web', 'module_bindings');

try {
  const { port, hostname, dataDir, database, limits } = readEnvironment(process.env);
  await expectFreePort(port, hostname);
  console.log('Starting the server …');
  const host = await startHost({
    module: MODULE,
    name: database,
    limits,
    dataDir: path.resolve(ROOT, dataDir),
  });
  process.env['PUBLIC_SPACETIMEDB_DATABASE'] ??= database;
  console.log('Starting Vite …');
  // SvelteKit takes its root from the working directory.
  process.chdir(ROOT);
  const vite = await createServer({
    server: {
      port,
      ...(hostname && { host: hostname }),
      strictPort: true,
      // As under `npm start`, the page talks to its own origin.
      proxy: { '/v1': { target: host.uri, ws: true } },
    },
  });
  await vite.listen();
  const sources = path.join(MODULE, 'src');
  vite.watcher.add(sources);
  vite.watcher.on('all', (_event, file) => {
    if (file.startsWith(sources) && !file.endsWith('.test.ts')) republish(host);
  });
  stopOnSignals(async () => {
    await vite.close();
    await host.stop();
  });
  vite.printUrls();
  const [here] = vite.resolvedUrls?.local ?? [];
  if (here) console.log(`  Sign in as the owner, once: ${here}#sign-in=${host.signInCode()}`);
} catch (error) {
  failInOneLine(error);
}

let publishing: Promise<void> = Promise.resolve();
let isQueued = false;

/** Publishes one at a time; changes in the meantime are included in the next one. */
function republish(host: StartedHost): void {
  if (isQueued) return;
  isQueued = true;
  publishing = publishing.then(async () => {
    isQueued = false;
    try {
      await host.republish();
      await generateBindings({ module: MODULE, outDir: BINDINGS });
      console.log('Republished the module.');
    } catch (error) {
      console.error(
        `Could not republish the module: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  });
}
