/** Reducer arguments and SQL over every column type. */
import { replay } from './replay.ts';
import { conformance } from './suite.ts';

conformance('types', (server) => replay(server, 'types', 'types'));
