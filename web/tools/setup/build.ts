/** Run by the global set-up in a separate process, because inside Vitest the build would be one for tests. */
import { buildSiteIfStale } from '../build-site.ts';

if (await buildSiteIfStale()) console.info('Built the site.');
