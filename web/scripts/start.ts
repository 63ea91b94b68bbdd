/** `npm start`: builds the site if it is stale, then runs the module and serves the site on one port. */
import path from 'node:path';
import { failInOneLine, startHost, stopOnSignals } from 'spacetimedb-host';
import { renderUnicodeCompact } from 'uqr';
import { expectFreePort, reachableFrom } from '../tools/addresses.ts';
import { SITE, buildSiteIfStale } from '../tools/build-site.ts';
import { ROOT, readEnvironment } from '../tools/environment.ts';

try {
  const { port, hostname, dataDir, database, rooms, ...options } = readEnvironment(process.env);
  const folder = path.resolve(ROOT, dataDir);
  await expectFreePort(port, hostname);
  await buildSiteIfStale(console.log);
  console.log('Starting the server …');
  const host = await startHost({
    module: path.join(ROOT, 'spacetimedb'),
    name: database,
    port,
    ...options,
    ...(hostname && { hostname }),
    dataDir: folder,
    staticDir: SITE,
    siteConfig: { database, ...(rooms && { rooms }) },
  });
  stopOnSignals(() => host.stop());
  // If the host listens on every interface, show the loopback address.
  const here = hostname === '0.0.0.0' || hostname === '::' ? `http://localhost:${host.port}` : host.uri;
  console.log(`The chat runs at ${here}`);
  console.log(`Sign in as its owner, once: ${here}/#sign-in=${host.signInCode()}`);
  const [elsewhere, ...others] = reachableFrom(hostname, host.port);
  if (elsewhere !== undefined) {
    for (const url of [elsewhere, ...others]) console.log(`On other devices:  ${url}`);
    console.log(renderUnicodeCompact(elsewhere));
  }
  console.log(`Messages and people are kept in ${folder}`);
  console.log(`The owner's sign-in key is in ${path.join(folder, 'owner.token')}`);
} catch (error) {
  // How to run the host's command line in a clone.
  if (error instanceof Error)
    error.message = error.message.replaceAll('spacetimedb-host owner', 'npm run owner --');
  failInOneLine(error);
}
