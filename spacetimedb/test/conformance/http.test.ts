/** HTTP requests to every route, in the order in which they were recorded. */
import { replay } from './replay.ts';
import { conformance } from './suite.ts';

conformance('http', (server) => replay(server, 'http', 'chat'));
