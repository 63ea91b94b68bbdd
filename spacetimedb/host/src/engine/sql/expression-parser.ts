/**
 * Parses expressions by operator precedence, with sqlparser's table. The server supports only names, literals,
 * comparisons, AND, OR and parentheses; other syntax is parsed so that errors can name it.
 */
import { keywordOf, type TokenStream } from './token-stream.ts';
import type { Token } from './lexer.ts';
import { printExpr, printName } from './print.ts';
import type { Expr, Ident, ObjectName, Query } from './syntax.ts';

const OR = 5;
const AND = 10;
const NOT = 15;
const IS = 17;
const LIKE = 19;
const COMPARISON = 20;
const XOR = 24;
const PLUS = 30;
const TIMES = 40;
const POSTFIX = 50;

const WORD_OPERATORS: ReadonlyMap<string, number> = new Map([
  ['OR', OR],
  ['AND', AND],
  ['XOR', XOR],
]);

const SYMBOL_OPERATORS: ReadonlyMap<string, number> = new Map([
  ...['=', '==', '<>', '<', '<=', '>', '>=', '~', '~*', '!~', '!~*', '<=>'].map(
    (operator) => [operator, COMPARISON] as const,
  ),
  ['|', 21],
  ...['^', '#', '<<', '>>'].map((operator) => [operator, 22] as const),
  ['&', 23],
  ...['+', '-'].map((operator) => [operator, PLUS] as const),
  ...['*', '/', '%', '||'].map((operator) => [operator, TIMES] as const),
  ...['&&', '->', '->>', '#>', '#>>', '@>', '<@', '#-', '@?', '@@'].map(
    (operator) => [operator, POSTFIX] as const,
  ),
]);

/** Words with a special value: unquoted, they never name a column. */
const SPECIAL_VALUES = new Set(['CURRENT_CATALOG', 'CURRENT_USER', 'SESSION_USER', 'USER']);
const TIME_FUNCTIONS = new Set([
  'CURRENT_TIMESTAMP',
  'CURRENT_TIME',
  'CURRENT_DATE',
  'LOCALTIME',
  'LOCALTIMESTAMP',
]);
const FUNCTION_WORDS = new Set([
  'CAST',
  'TRY_CAST',
  'SAFE_CAST',
  'EXISTS',
  'EXTRACT',
  'CEIL',
  'FLOOR',
  'POSITION',
  'SUBSTRING',
  'OVERLAY',
  'TRIM',
  'LISTAGG',
  'ARRAY_AGG',
]);
/** Type names that may precede a string, as in `TIMESTAMP '…'`. */
const TYPE_WORDS = new Set(
  (
    'BOOLEAN BOOL FLOAT REAL DOUBLE FLOAT4 FLOAT8 TINYINT SMALLINT MEDIUMINT INT INT2 INT4 INT8 INTEGER BIGINT ' +
    'VARCHAR CHAR TEXT STRING UUID DATE DATETIME TIME TIMESTAMP TIMESTAMPTZ TIMETZ JSON BYTEA NUMERIC DECIMAL DEC ' +
    'BLOB BINARY REGCLASS'
  ).split(' '),
);

export class ExpressionParser {
  readonly tokens: TokenStream;
  readonly #readQuery: () => Query;
  readonly #printQuery: (query: Query) => string;

  /** @param readQuery reads a query in parentheses, because expressions and queries contain each other */
  constructor(tokens: TokenStream, readQuery: () => Query, printQuery: (query: Query) => string) {
    this.tokens = tokens;
    this.#readQuery = readQuery;
    this.#printQuery = printQuery;
  }

  /** @throws {SqlError} when the next tokens are not an expression */
  expr(): Expr {
    return this.tokens.nested(() => this.#operators(0));
  }

  ident(): Ident {
    const token = this.tokens.next();
    if (token.kind === 'word') return identOf(token);
    if (token.kind === 'string') return { value: token.value, quote: "'" };
    throw this.tokens.expected('identifier', token);
  }

  objectName(): ObjectName {
    const parts = [this.ident()];
    while (this.tokens.symbol('.')) parts.push(this.ident());
    return parts;
  }

  /** Reads `*`, `t.*` or an expression. A wildcard is returned as the name before it. */
  wildcardOrExpr(): { readonly wildcard: ObjectName | undefined } | Expr {
    const { tokens } = this;
    if (tokens.symbol('*')) return { wildcard: undefined };
    const mark = tokens.mark();
    const first = tokens.next();
    if (first.kind === 'word' && tokens.isSymbol('.')) {
      const parts = [identOf(first)];
      while (tokens.symbol('.')) {
        if (tokens.symbol('*')) return { wildcard: parts };
        parts.push(this.#partAfterDot());
      }
    }
    tokens.rewind(mark);
    return this.expr();
  }

  #operators(precedence: number): Expr {
    let expr = this.#prefix();
    for (;;) {
      const next = this.#nextPrecedence();
      if (precedence >= next) return expr;
      expr = this.#infix(expr, next);
    }
  }

  #nextPrecedence(): number {
    const { tokens } = this;
    const token = tokens.peek();
    if (token.kind === 'symbol') {
      if (token.value === '::' || token.value === ':' || token.value === '[' || token.value === '!')
        return POSTFIX;
      return SYMBOL_OPERATORS.get(token.value) ?? 0;
    }
    const keyword = keywordOf(token);
    switch (keyword === 'NOT' ? keywordOf(tokens.peek(1)) : keyword) {
      case 'IN':
      case 'BETWEEN':
        return COMPARISON;
      case 'LIKE':
      case 'ILIKE':
      case 'SIMILAR':
        return LIKE;
      case 'IS':
        return keyword === 'NOT' ? 0 : IS;
      default:
        return WORD_OPERATORS.get(keyword) ?? 0;
    }
  }

  #infix(left: Expr, precedence: number): Expr {
    const { tokens } = this;
    const token = tokens.next();
    if (token.kind === 'symbol') {
      if (SYMBOL_OPERATORS.has(token.value)) return this.#binary(left, token.value, precedence);
      return this.#postfix(left, token);
    }
    const keyword = keywordOf(token);
    if (WORD_OPERATORS.has(keyword)) return this.#binary(left, keyword, precedence);
    if (keyword === 'IS') return this.#is(left);
    const not = keyword === 'NOT' ? 'NOT ' : '';
    const operator = keyword === 'NOT' ? keywordOf(tokens.next()) : keyword;
    if (operator === 'IN') return other(`${printExpr(left)} ${not}IN (${this.#inList()})`);
    if (operator === 'BETWEEN') {
      const low = printExpr(this.#operators(COMPARISON));
      tokens.expectKeyword('AND');
      return other(`${printExpr(left)} ${not}BETWEEN ${low} AND ${printExpr(this.#operators(COMPARISON))}`);
    }
    if (operator === 'SIMILAR') tokens.expectKeyword('TO');
    const name = operator === 'SIMILAR' ? 'SIMILAR TO' : operator;
    const pattern = printExpr(this.#operators(LIKE));
    const escape = tokens.keywords('ESCAPE') ? ` ESCAPE ${printExpr(this.#prefix())}` : '';
    return other(`${printExpr(left)} ${not}${name} ${pattern}${escape}`);
  }

  #binary(left: Expr, symbol: string, precedence: number): Expr {
    const operator = symbol === '==' ? '=' : symbol;
    const quantifier = this.tokens.oneOf('ANY', 'ALL');
    if (quantifier !== undefined) {
      this.tokens.expectSymbol('(');
      const right = printExpr(this.#operators(precedence));
      this.tokens.expectSymbol(')');
      return other(`${printExpr(left)} ${operator} ${quantifier}(${right})`);
    }
    return { kind: 'binary', operator, left, right: this.#operators(precedence) };
  }

  #postfix(left: Expr, token: Token & { kind: 'symbol' }): Expr {
    const { tokens } = this;
    if (token.value === '!') return other(`${printExpr(left)}!`);
    if (token.value === '::')
      return other(`CAST(${printExpr(left)} AS ${printName(this.objectName()).toUpperCase()})`);
    if (token.value === ':') return other(`${printExpr(left)}:${printExpr(this.#prefix())}`);
    const index = printExpr(this.expr());
    tokens.expectSymbol(']');
    return other(`${printExpr(left)}[${index}]`);
  }

  #is(left: Expr): Expr {
    const { tokens } = this;
    const not = tokens.keywords('NOT') ? 'NOT ' : '';
    const value = tokens.oneOf('NULL', 'TRUE', 'FALSE', 'UNKNOWN');
    if (value !== undefined) return other(`${printExpr(left)} IS ${not}${value}`);
    if (tokens.keywords('DISTINCT', 'FROM')) {
      return other(`${printExpr(left)} IS ${not}DISTINCT FROM ${printExpr(this.expr())}`);
    }
    throw tokens.expected('[NOT] NULL or TRUE|FALSE or [NOT] DISTINCT FROM after IS');
  }

  #inList(): string {
    const { tokens } = this;
    tokens.expectSymbol('(');
    const list = this.#startsQuery()
      ? this.#printQuery(this.#readQuery())
      : tokens.commaSeparated(() => printExpr(this.expr())).join(', ');
    tokens.expectSymbol(')');
    return list;
  }

  #startsQuery(): boolean {
    const keyword = keywordOf(this.tokens.peek());
    return keyword === 'SELECT' || keyword === 'WITH';
  }

  #prefix(): Expr {
    const { tokens } = this;
    const token = tokens.next();
    switch (token.kind) {
      case 'word':
        return this.#word(token);
      case 'number':
        return {
          kind: 'literal',
          literal: { kind: 'number', value: token.value },
          text: token.value + token.suffix,
        };
      case 'string':
        return { kind: 'literal', literal: token, text: `'${token.value.replaceAll("'", "''")}'` };
      case 'hex':
        return { kind: 'literal', literal: token, text: `X'${token.value}'` };
      case 'foreign':
        return { kind: 'foreign', text: token.value };
      case 'symbol':
        return this.#prefixSymbol(token);
      case 'end':
        throw tokens.expected('an expression:', token);
    }
  }

  #prefixSymbol(token: Token & { kind: 'symbol' }): Expr {
    const { tokens } = this;
    switch (token.value) {
      case '+':
      case '-':
        return { kind: 'signed', sign: token.value, operand: tokens.prefixed(() => this.#operators(TIMES)) };
      case '!!':
      case '|/':
      case '||/':
      case '~':
        return other(token.value + printExpr(tokens.prefixed(() => this.#operators(PLUS))));
      case '@':
      case ':': {
        const text = token.value + this.ident().value;
        return text === ':sender' ? { kind: 'sender' } : { kind: 'foreign', text };
      }
      case '(':
        return this.#parentheses();
      case '[': {
        const items = tokens.isSymbol(']') ? [] : tokens.commaSeparated(() => printExpr(this.expr()));
        tokens.expectSymbol(']');
        return other(`[${items.join(', ')}]`);
      }
      default:
        throw tokens.expected('an expression:', token);
    }
  }

  #parentheses(): Expr {
    const { tokens } = this;
    if (this.#startsQuery()) {
      const query = this.#printQuery(this.#readQuery());
      tokens.expectSymbol(')');
      return other(`(${query})`);
    }
    const items = tokens.commaSeparated(() => this.expr());
    tokens.expectSymbol(')');
    const [first] = items;
    if (items.length === 1 && first !== undefined) return { kind: 'nested', inner: first };
    return other(`(${items.map(printExpr).join(', ')})`);
  }

  #word(token: Token & { kind: 'word' }): Expr {
    const { tokens } = this;
    const { keyword } = token;
    if (keyword === 'TRUE' || keyword === 'FALSE') {
      const value = keyword === 'TRUE';
      return { kind: 'literal', literal: { kind: 'bool', value }, text: String(value) };
    }
    if (keyword === 'NULL') return { kind: 'foreign', text: 'NULL' };
    if (keyword === 'NOT') return other(`NOT ${printExpr(tokens.prefixed(() => this.#operators(NOT)))}`);
    if (SPECIAL_VALUES.has(keyword)) return { kind: 'call', countsAll: false, text: token.value };
    if (TIME_FUNCTIONS.has(keyword) && !tokens.isSymbol('(')) {
      return { kind: 'call', countsAll: false, text: token.value };
    }
    if (TYPE_WORDS.has(keyword)) {
      const string = tokens.peek();
      if (string.kind === 'string') {
        tokens.next();
        return other(`${keyword} '${string.value.replaceAll("'", "''")}'`);
      }
    }
    if (keyword === 'CASE') return this.#case(token);
    if (FUNCTION_WORDS.has(keyword)) {
      tokens.expectSymbol('(');
      return other(keyword + this.#skipParentheses());
    }
    if (keyword === 'INTERVAL') return other(`INTERVAL ${printExpr(tokens.prefixed(() => this.#prefix()))}`);

    const parts = [identOf(token)];
    while (tokens.symbol('.')) parts.push(this.#partAfterDot());
    return tokens.symbol('(') ? this.#call(parts) : { kind: 'name', parts };
  }

  #partAfterDot(): Ident {
    const token = this.tokens.next();
    if (token.kind !== 'word') throw this.tokens.expected("an identifier or a '*' after '.'", token);
    return identOf(token);
  }

  #call(name: ObjectName): Expr {
    const { tokens } = this;
    const distinct = tokens.oneOf('ALL', 'DISTINCT') === 'DISTINCT';
    const args: string[] = [];
    if (!tokens.symbol(')')) {
      args.push(
        ...tokens.commaSeparated(() => {
          const arg = this.wildcardOrExpr();
          if ('kind' in arg) return printExpr(arg);
          return arg.wildcard === undefined ? '*' : `${printName(arg.wildcard)}.*`;
        }),
      );
      tokens.expectSymbol(')');
    }
    const text = `${printName(name)}(${distinct ? 'DISTINCT ' : ''}${args.join(', ')})`;
    const isCount = name.length === 1 && name[0]?.value.toLowerCase() === 'count';
    const countsAll = isCount && !distinct && args.length === 1 && args[0] === '*';
    if (tokens.keywords('OVER')) {
      tokens.expectSymbol('(');
      return { kind: 'call', countsAll: false, text: `${text} OVER ${this.#skipParentheses()}` };
    }
    return { kind: 'call', countsAll, text };
  }

  /** Skips `CASE … END` and keeps its text. */
  #case(start: Token): Expr {
    const { tokens } = this;
    let depth = 1;
    while (depth > 0) {
      const token = tokens.next();
      if (token.kind === 'end') throw tokens.expected('END', token);
      if (keywordOf(token) === 'CASE') depth++;
      if (keywordOf(token) === 'END') depth--;
    }
    return other(tokens.sql.slice(start.offset, tokens.peek().offset).trim());
  }

  /** Skips the rest of a parenthesis after the opening one and keeps its text. */
  #skipParentheses(): string {
    const { tokens } = this;
    const start = tokens.peek().offset;
    for (let depth = 1; ;) {
      const token = tokens.next();
      if (token.kind === 'end') throw tokens.expected(')', token);
      if (token.kind !== 'symbol') continue;
      if (token.value === '(') depth++;
      if (token.value === ')' && --depth === 0) return `(${tokens.sql.slice(start, token.offset)})`;
    }
  }
}

export function identOf(token: Token & { kind: 'word' }): Ident {
  return { value: token.value, quote: token.keyword === '' ? '"' : undefined };
}

function other(text: string): Expr {
  return { kind: 'other', text };
}
