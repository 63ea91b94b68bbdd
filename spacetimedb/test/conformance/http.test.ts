/** HTTP requests to every route, in the recorded order. */
import { replay } from './replay.ts';
import { conformance } from './suite.ts';

conformance('http', (server) => replay(server, 'http', 'chat'));
