import { parseAst } from 'rolldown/parseAst';
import { NOTE_THROWN } from './statement-lines.ts';
import { CALLS_IMPORT, replaceImportCalls } from './import-calls.ts';

/** The names of the parameters that a program's function gets from the host. No module uses these names by chance. */
export const PROGRAM_PARAMETERS = [
  'imp0rt_from',
  'imp0rt_export',
  'imp0rt',
  'imp0rt_meta',
  NOTE_THROWN,
] as const;
const [FROM, EXPORT, , META] = PROGRAM_PARAMETERS;

/** An ES module as the body of a function. */
export interface ModuleFunction {
  /** Text before `code`, in its first line, that is not part of the program. */
  readonly prefix: string;
  /** The rest of the body. Its lines are those of the module. */
  readonly code: string;
}

/** The parts of an ESTree AST that are used here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}
type Specifier = Node & { readonly local: Name; readonly imported?: Name; readonly exported?: Name };
type Name = Node & { readonly name?: string; readonly value?: string };
type Statement = Node & {
  readonly source?: { readonly value: string } | null;
  readonly specifiers?: readonly Specifier[];
  readonly exported?: Name | null;
  readonly declaration?: Node | null;
};

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Turns an ES module into the body of a function with the parameters {@link PROGRAM_PARAMETERS}: `node:vm` evaluates ES
 * modules only behind a flag. A module with a top-level `await` becomes a function that returns a promise.
 *
 * @param code a module as rolldown writes it, with its exports in separate statements
 * @throws when it does not parse
 */
export function moduleFunction(code: string): ModuleFunction {
  const exports: string[] = [];
  const parts = MAY_NEED_THE_TREE.test(code) ? undefined : ENDS.exec(code);
  const [, head = '', middle = '', tail = ''] = parts ?? [];
  let body: string;
  let waits = false;
  if (parts && !STATEMENT.test(middle)) {
    body = rewrite(head, exports).code + middle + rewrite(tail, exports).code;
  } else ({ code: body, waits } = rewrite(code, exports));
  const end = `\n${EXPORT}({ __proto__: null, ${exports.join(', ')} });${waits ? '})();' : ''}`;
  return {
    prefix: `'use strict';${waits ? 'return (async () => {' : ''}`,
    code: replaceImportCalls(body) + end,
  };
}

/**
 * Only programs that match are parsed as a whole, which takes longer than the rest of loading them. For all others,
 * parsing the start and the end is enough.
 */
const MAY_NEED_THE_TREE = new RegExp(`\\bawait\\b|${CALLS_IMPORT.source}`);

/** The imports, which rolldown writes first, and the exports, which it writes last. */
const ENDS = /^((?:import [^\n]*;\n)*)([^]*?)((?:\nexport \{[^\n]*\};\s*(?:\/\/[^\n]*\s*)*)?)$/;

/** A line that may be an import or an export. */
const STATEMENT = /^\s*(?:import|export)\b/m;

/** @param exports receives a getter for each export */
function rewrite(code: string, exports: string[]): { code: string; waits: boolean } {
  const { body } = parseAst(code) as unknown as { readonly body: readonly Statement[] };
  const edits: Edit[] = [];
  const replace = (node: Node, text: string): void => {
    const lines = code.slice(node.start, node.end).split('\n').length - 1;
    edits.push({ start: node.start, end: node.end, text: text + '\n'.repeat(lines) });
  };
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') replace(statement, importStatement(statement));
    else if (statement.type === 'ExportAllDeclaration') {
      const source = from(statement);
      exports.push(statement.exported ? getter(statement.exported, source) : `...${source}`);
      replace(statement, '');
    } else if (statement.type === 'ExportNamedDeclaration' && !statement.declaration) {
      for (const { local, exported = local } of statement.specifiers ?? []) {
        const value = statement.source ? `${from(statement, local)}[${quoted(local)}]` : nameOf(local);
        exports.push(getter(exported, value));
      }
      replace(statement, '');
    } else if (statement.type.startsWith('Export')) {
      throw new SyntaxError('an export that stands in front of a declaration');
    }
  }
  const waits = replaceImportMeta(body, edits);
  return { code: apply(code, edits), waits };
}

function importStatement(statement: Statement): string {
  const { specifiers = [] } = statement;
  const namespace = specifiers.find(({ type }) => type === 'ImportNamespaceSpecifier');
  const names = specifiers.filter((specifier) => specifier !== namespace);
  // A default import has no `imported` name.
  const imported = names.map(({ imported }) => (imported ? quoted(imported) : '"default"'));
  const bindings = names.map(({ local }, i) => `${imported[i]}: ${nameOf(local)}`);
  const bound = names.length > 0 || !namespace ? [`const { ${bindings.join(', ')} }`] : [];
  const source = `${FROM}(${[quotedSource(statement), ...imported].join(', ')})`;
  return [...(namespace ? [`const ${nameOf(namespace.local)}`] : []), ...bound]
    .map((binding) => `${binding} = ${source};`)
    .join(' ');
}

/** The call that returns one of the host's modules, or throws if the module lacks one of the names. */
function from(statement: Statement, ...names: readonly Name[]): string {
  return `${FROM}(${[quotedSource(statement), ...names.map(quoted)].join(', ')})`;
}

function quotedSource({ source }: Statement): string {
  return JSON.stringify(source?.value ?? '');
}

/** A getter, because a module's exports follow its variables. */
function getter(exported: Name, value: string): string {
  return `get ${quoted(exported)}() { return ${value}; }`;
}

function nameOf({ name, value }: Name): string {
  return name ?? value ?? '';
}

function quoted(name: Name): string {
  return JSON.stringify(nameOf(name));
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Replaces `import.meta`. @returns whether any `await` is outside of all functions */
function replaceImportMeta(body: readonly Node[], edits: Edit[]): boolean {
  let waits = false;
  const visit = (value: unknown, isTopLevel: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    const node = value as Partial<Node> & { await?: unknown; meta?: { name?: unknown } };
    if (isTopLevel && (node.type === 'AwaitExpression' || node.await === true)) waits = true;
    if (node.type === 'MetaProperty' && node.meta?.name === 'import') {
      edits.push({ start: node.start ?? 0, end: node.end ?? 0, text: META });
    }
    const isInside = isTopLevel && !FUNCTIONS.has(node.type ?? '');
    for (const part of Object.values(node)) visit(part, isInside);
  };
  visit(body, true);
  return waits;
}

function apply(code: string, edits: readonly Edit[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    result += code.slice(position, start) + text;
    position = end;
  }
  return result + code.slice(position);
}
