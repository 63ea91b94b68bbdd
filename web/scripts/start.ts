/** `npm start`: builds the site if it is stale, then runs the module and serves the site on one port. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failInOneLine, startHost, stopOnSignals } from 'spacetimedb-host';
import { SITE, buildSiteIfStale } from '../tools/build-site.ts';
import { ROOT, readEnvironment } from '../tools/environment.ts';

try {
  const { port, dataDir, database, ...options } = readEnvironment(process.env);
  console.log('Building the site if it has changed…');
  await buildSiteIfStale();
  // The site reads its database from here. Without a server address, it connects to its own origin.
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
