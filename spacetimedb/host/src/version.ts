import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** The version of this package, which the host also reports in `GET /v1/health`. */
export const HOST_VERSION = version;
