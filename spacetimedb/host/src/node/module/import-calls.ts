import { parseAst } from 'rolldown/parseAst';

/**
 * The word `import` before a call, with only white space and comments between. A keyword cannot contain escapes, so a
 * text without a match imports nothing.
 */
export const CALLS_IMPORT = /\bimport\b\s*[(./<-]/;

/** A body is parsed inside of this function, so that it may use `return` and `await`. */
const FUNCTION = 'async function program() {';

const EVERY_CALL = new RegExp(CALLS_IMPORT, 'g');

/**
 * The replacement of `import` before a call. Equally long, so that columns stay the same. A parameter of the program.
 */
export const IMPORT_STAND_IN = 'imp0rt';

/**
 * Replaces `import(…)`, whose promise would belong to the host's realm, by a call of {@link IMPORT_STAND_IN}.
 * Elsewhere the same word (in a text, a comment or a property name) gets an escape, which changes nothing there but
 * is a syntax error in a keyword. So if V8 parses the program differently than this parser, it fails instead of
 * importing.
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

/** The positions of the `import(…)` expressions in a function's body. */
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
