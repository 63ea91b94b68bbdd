import { parseAst } from 'rolldown/parseAst';

/**
 * The word `import` as it stands in front of a call: between the two there can only be white space and comments. A keyword
 * cannot be written with escapes, so a text without this imports nothing.
 */
export const CALLS_IMPORT = /\bimport\b\s*[(./<-]/;

/** What a body is parsed in, so that it may return, and wait. */
const FUNCTION = 'async function program() {';

const EVERY_CALL = new RegExp(CALLS_IMPORT, 'g');

/** What `import` becomes in front of a call: as long, so that columns stay. A parameter of the program. */
export const IMPORT_STAND_IN = 'imp0rt';

/**
 * Replaces `import(…)`, whose promise would be of the host's realm, by a call of {@link IMPORT_STAND_IN}. The same word
 * elsewhere (in a text, a comment, a property's name) is written with an escape, which means the same there and nothing
 * where it would be a keyword: should V8 read the program differently than the parser here, it finds a syntax error.
 *
 * @param code the body of a function, which may be async
 */
export function replaceImportCalls(code: string): string {
  if (!CALLS_IMPORT.test(code)) return code;
  const calls = importCalls(code);
  return code.replace(EVERY_CALL, (match, position: number) => {
    const rest = match.slice('import'.length);
    return calls.has(position) ? IMPORT_STAND_IN + rest : `\\u0069mport${rest}`;
  });
}

/** Where the `import(…)` expressions of a function's body begin. */
function importCalls(code: string): Set<number> {
  const found = new Set<number>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const node = value as { type?: unknown; start?: unknown };
    if (node.type === 'ImportExpression' && typeof node.start === 'number') {
      found.add(node.start - FUNCTION.length);
    }
    for (const part of Object.values(node)) visit(part);
  };
  visit(parseAst(`${FUNCTION}${code}\n}`));
  return found;
}
