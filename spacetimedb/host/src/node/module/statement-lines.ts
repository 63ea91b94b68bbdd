import type { SourceMap } from 'node:module';
import { parseAst } from 'rolldown/parseAst';

/** The parameter of a program through which it reports thrown values to the host. */
export const NOTE_THROWN = 'imp0rt_note';

/** A program that reports where something was thrown, and a way to map its columns back. */
export interface NotedProgram {
  readonly code: string;
  /** @param line from 1 @param column from 1, in `code` @returns the column in the original code */
  readonly columnBefore: (line: number, column: number) => number;
}

/**
 * A place is passed to `NOTE_THROWN` as `line * COLUMNS + column`, both from 0. Larger columns are cut to the last one
 * that fits.
 */
const COLUMNS = 1024;

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}
type Part = Node & Readonly<Record<string, unknown>>;

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * V8 keeps no stack of errors that it throws itself in a module's context (see `context-globals.ts`), or of thrown
 * values that are not errors. So each function of the module's own sources keeps its current statement in a variable,
 * which costs next to nothing, and reports it when something is thrown out of the function.
 *
 * @param map of `code`; without it, no line of the program could be named, so nothing is inserted
 */
export function noteStatements(code: string, map: SourceMap | undefined): NotedProgram {
  const unchanged = { code, columnBefore: (_line: number, column: number) => column };
  if (map === undefined) return unchanged;
  const lines = new LineStarts(code);
  const insertions = ownParts(code, lines, map).flatMap(({ start, end }) => {
    const finder = new Finder(start, lines);
    try {
      finder.visit(parseAst(code.slice(start, end), { preserveParens: true }) as unknown as Part);
    } catch {
      // A part that begins or ends within a statement does not parse and stays unchanged.
      return [];
    }
    return finder.insertions;
  });
  if (insertions.length === 0) return unchanged;
  insertions.sort((a, b) => a.at - b.at);
  let noted = '';
  let position = 0;
  const byLine = new Map<number, { column: number; length: number }[]>();
  for (const { at, text } of insertions) {
    noted += code.slice(position, at) + text;
    position = at;
    const { line, column } = lines.placeOf(at);
    const inLine = byLine.get(line) ?? [];
    byLine.set(line, [...inLine, { column, length: text.length }]);
  }
  const columnBefore = (line: number, column: number): number => {
    let before = column;
    for (const inserted of byLine.get(line - 1) ?? []) {
      if (inserted.column >= before - 1) break;
      before = Math.max(inserted.column + 1, before - inserted.length);
    }
    return before;
  };
  return { code: noted + code.slice(position), columnBefore };
}

class LineStarts {
  readonly #starts: number[] = [0];

  constructor(code: string) {
    for (let at = code.indexOf('\n'); at !== -1; at = code.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  get count(): number {
    return this.#starts.length;
  }

  start(line: number): number {
    return this.#starts[line] ?? Infinity;
  }

  /** Returns the line and the column, both from 0. */
  placeOf(position: number): { line: number; column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.start(middle) <= position) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: position - this.start(low) };
  }
}

/** Consecutive lines that come from the module's own sources, not from installed packages. */
function ownParts(code: string, lines: LineStarts, map: SourceMap): { start: number; end: number }[] {
  const parts: { start: number; end: number }[] = [];
  let start: number | undefined;
  for (let line = 0; line <= lines.count; line++) {
    const entry = line < lines.count ? map.findEntry(line, 0) : {};
    const source: unknown = 'originalSource' in entry ? entry.originalSource : undefined;
    const isOwn = typeof source === 'string' && source !== '' && !source.includes('node_modules/');
    if (isOwn) start ??= lines.start(line);
    else if (start !== undefined) {
      parts.push({ start, end: Math.min(lines.start(line), code.length) });
      start = undefined;
    }
  }
  return parts;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const WITHOUT_A_LINE = new Set([
  'FunctionDeclaration',
  'EmptyStatement',
  'BreakStatement',
  'ContinueStatement',
  'BlockStatement',
]);

/** Finds what has to be inserted into a part of a program. */
class Finder {
  readonly insertions: Insertion[] = [];
  readonly #start: number;
  readonly #lines: LineStarts;
  #isInFunction = false;

  /** @param start where the part begins */
  constructor(start: number, lines: LineStarts) {
    this.#start = start;
    this.#lines = lines;
  }

  visit(node: Part, name = ''): void {
    const wasInFunction = this.#isInFunction;
    if (FUNCTIONS.has(node.type)) this.#function(node, nameOf(node['id']) || name);
    else {
      // These run as separate functions, so they must not use the variable of the enclosing function.
      if (node.type === 'StaticBlock' || node.type === 'PropertyDefinition') this.#isInFunction = false;
      const list =
        node.type === 'BlockStatement'
          ? node['body']
          : node.type === 'SwitchCase'
            ? node['consequent']
            : undefined;
      if (Array.isArray(list) && this.#isInFunction) this.#statements(list as Part[]);
      const bodies = this.#isInFunction ? bodiesWithoutBraces(node) : [];
      for (const body of bodies) this.#insert(body.start, `{imp0rt_at=${this.#place(body)};`);
      this.#children(node);
      for (const body of bodies) this.#insert(body.end, '}');
    }
    this.#isInFunction = wasInFunction;
  }

  #children(node: Part): void {
    const name = nameOf(node['key']) || nameOf(node['id']) || nameOf(node['left']);
    for (const part of Object.values(node)) {
      for (const child of Array.isArray(part) ? part : [part]) if (isNode(child)) this.visit(child, name);
    }
  }

  #function(node: Part, name: string): void {
    const body = node['body'] as Part;
    // Parameters may have functions among their default values.
    this.#isInFunction = false;
    for (const child of node['params'] as unknown[]) if (isNode(child)) this.visit(child);
    const label = JSON.stringify(name);
    if (body.type !== 'BlockStatement') {
      this.#insert(body.start, '{try{return ');
      this.visit(body);
      this.#insert(
        body.end,
        `;}catch(imp0rt_e){throw ${NOTE_THROWN}(imp0rt_e,${this.#place(body)},${label})}}`,
      );
      return;
    }
    const statements = (body['body'] as Part[]).filter(({ directive }) => typeof directive !== 'string');
    const [first] = statements;
    if (!first) return;
    this.#isInFunction = true;
    this.#insert(first.start, 'let imp0rt_at=0;try{');
    this.#statements(statements);
    this.#children(body);
    this.#insert(body.end - 1, `}catch(imp0rt_e){throw ${NOTE_THROWN}(imp0rt_e,imp0rt_at,${label})}`);
  }

  #statements(statements: readonly Part[]): void {
    for (const statement of statements) {
      if (typeof statement['directive'] === 'string' || WITHOUT_A_LINE.has(statement.type)) continue;
      this.#insert(statement.start, `imp0rt_at=${this.#place(statement)};`);
    }
  }

  #insert(at: number, text: string): void {
    this.insertions.push({ at: this.#start + at, text });
  }

  #place({ start }: Node): number {
    const { line, column } = this.#lines.placeOf(this.#start + start);
    return line * COLUMNS + Math.min(column, COLUMNS - 1);
  }
}

const WITH_BODIES = new Set([
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);

/** The bodies of a condition or a loop that are single statements without braces. */
function bodiesWithoutBraces(node: Part): Part[] {
  if (!WITH_BODIES.has(node.type)) return [];
  return [node['consequent'], node['alternate'], node['body']].filter(
    (body): body is Part => isNode(body) && !WITHOUT_A_LINE.has(body.type),
  );
}

function isNode(value: unknown): value is Part {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

function nameOf(value: unknown): string {
  return isNode(value) && value.type === 'Identifier' ? String(value['name']) : '';
}
