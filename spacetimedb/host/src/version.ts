import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** The version of this package; also what the host reports in `GET /v1/health`. */
export const HOST_VERSION = version;
