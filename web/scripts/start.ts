/** `npm start`: builds the site if it is stale, and runs the module and serves the site in one process, on one port. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failInOneLine, startHost, stopOnSignals } from 'spacetimedb-host';
import { SITE, buildSiteIfStale } from '../tools/build-site.ts';
import { ROOT, readEnvironment } from '../tools/environment.ts';

try {
  const { port, dataDir, database, ...options } = readEnvironment(process.env);
  console.log('Building the site, if it changed …');
  await buildSiteIfStale();
  // The site asks here which database it shows; without a server address it talks to where it came from.
  await writeFile(path.join(SITE, 'config.json'), `${JSON.stringify({ database })}\n`);
  const host = await startHost({
    module: path.join(ROOT, 'spacetimedb'),
    name: database,
    port,
    ...options,
    dataDir: path.resolve(ROOT, dataDir),
    staticDir: SITE,
  });
  stopOnSignals(() => host.stop());
  console.log(`The chat runs at ${host.uri}`);
} catch (error) {
  // From a clone, the host's command line is called like this.
  const text = error instanceof Error ? error.message : String(error);
  failInOneLine(text.replaceAll('spacetimedb-host owner', 'npm run owner --'));
}
