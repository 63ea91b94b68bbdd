/** A cursor over the tokens of one SQL text, with the parser's errors. */
import { SqlError } from './sql-error.ts';
import { locationText, tokenize, tokenText, type Token } from './lexer.ts';

/** Maximum nesting of statements, queries and expressions (sqlparser's limit). */
const MAX_NESTING = 50;
/** Maximum number of consecutive prefix operators. The real server has no such limit and could overflow. */
const MAX_PREFIXES = 500;

export class TokenStream {
  readonly sql: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #nesting = 0;
  #prefixes = 0;

  /** @throws {SqlError} when the text cannot be split into tokens */
  constructor(sql: string) {
    this.sql = sql;
    this.#tokens = tokenize(sql);
  }

  /** The token `ahead` positions later, without consuming it. */
  peek(ahead = 0): Token {
    const token = this.#tokens[this.#position + ahead] ?? this.#tokens.at(-1);
    return token ?? { kind: 'end', offset: this.sql.length };
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#position++;
    return token;
  }

  /** The cursor's position, for `rewind`. */
  mark(): number {
    return this.#position;
  }

  rewind(mark: number): void {
    this.#position = mark;
  }

  /** Consumes these keywords if they come next, all or none of them. */
  keywords(...expected: readonly string[]): boolean {
    const found = expected.every((keyword, i) => keywordOf(this.peek(i)) === keyword);
    if (found) this.#position += expected.length;
    return found;
  }

  /** Consumes the next token if it is one of these keywords. @returns the keyword */
  oneOf(...expected: readonly string[]): string | undefined {
    const keyword = keywordOf(this.peek());
    if (!expected.includes(keyword)) return undefined;
    this.#position++;
    return keyword;
  }

  symbol(expected: string): boolean {
    if (!this.isSymbol(expected)) return false;
    this.#position++;
    return true;
  }

  isSymbol(expected: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.value === expected;
  }

  /** @throws {SqlError} when the next token is different */
  expectKeyword(expected: string): void {
    if (!this.keywords(expected)) throw this.expected(expected);
  }

  /** @throws {SqlError} when the next token is different */
  expectSymbol(expected: string): void {
    if (!this.symbol(expected)) throw this.expected(expected);
  }

  /** Reads one or more items separated by commas. */
  commaSeparated<Item>(read: () => Item): Item[] {
    const items = [read()];
    while (this.symbol(',')) items.push(read());
    return items;
  }

  /** Runs `read` one level deeper. */
  nested<Result>(read: () => Result): Result {
    if (this.#nesting >= MAX_NESTING) throw recursionLimit();
    this.#nesting++;
    try {
      return read();
    } finally {
      this.#nesting--;
    }
  }

  /** Runs `read` for the operand of a prefix operator. */
  prefixed<Result>(read: () => Result): Result {
    if (this.#prefixes >= MAX_PREFIXES) throw recursionLimit();
    this.#prefixes++;
    try {
      return read();
    } finally {
      this.#prefixes--;
    }
  }

  /** An error about a token, by default the next one, that should have been something else. */
  expected(what: string, found: Token = this.peek()): SqlError {
    return this.error(`Expected ${what}, found: ${tokenText(found)}`, found);
  }

  error(message: string, at?: Token): SqlError {
    const location = at === undefined || at.kind === 'end' ? '' : locationText(this.sql, at.offset);
    return new SqlError(`sql parser error: ${message}${location}`);
  }

  /** The source text from a token on, without the end of the statement. Errors show it for unparsed syntax. */
  textFrom(token: Token): string {
    return this.sql.slice(token.offset).replace(/[\s;]+$/u, '');
  }
}

export function keywordOf(token: Token): string {
  return token.kind === 'word' ? token.keyword : '';
}

function recursionLimit(): SqlError {
  return new SqlError('sql parser error: recursion limit exceeded');
}
