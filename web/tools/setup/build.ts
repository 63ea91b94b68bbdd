/** Run by the global set-up, in a process of its own: a build inside a test runner would be one for tests. */
import { buildSiteIfStale } from '../build-site.ts';

if (await buildSiteIfStale()) console.info('The site was built.');
