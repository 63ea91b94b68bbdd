/** Parses statements; `restrict.ts` checks what they may contain. */
import { QueryParser } from './query-parser.ts';
import type { Assignment, Ident, ObjectName, StatementSyntax } from './syntax.ts';
import { printUnread } from './print-unread.ts';
import { keywordOf, TokenStream } from './token-stream.ts';
import { identOf } from './expression-parser.ts';

/** Statements that sqlparser supports but the server does not. */
const OTHER_STATEMENTS = new Set(
  (
    'KILL DESCRIBE EXPLAIN ANALYZE TRUNCATE MSCK CREATE CACHE DROP DISCARD DECLARE FETCH UNCACHE ALTER COPY CLOSE ' +
    'USE GRANT REVOKE START BEGIN SAVEPOINT COMMIT ROLLBACK ASSERT DEALLOCATE EXECUTE PREPARE MERGE COMMENT'
  ).split(' '),
);

/** The keywords that sqlparser accepts after `SHOW`. Any other word is a variable's name. */
const SHOWN_OBJECTS = new Set('COLUMNS FIELDS TABLES FUNCTIONS COLLATION CREATE'.split(' '));

/**
 * Parses all statements of a text. `;` separates them and may end the last one.
 * @throws {SqlError} when the text is not SQL
 */
export function parseStatements(sql: string): StatementSyntax[] {
  const tokens = new TokenStream(sql);
  const parser = new StatementParser(tokens);
  const statements: StatementSyntax[] = [];
  let separated = true;
  for (;;) {
    while (tokens.symbol(';')) separated = true;
    const next = tokens.peek();
    if (next.kind === 'end' || keywordOf(next) === 'END') return statements;
    if (!separated) throw tokens.expected('end of statement');
    statements.push(tokens.nested(() => parser.statement()));
    separated = false;
  }
}

class StatementParser {
  readonly #tokens: TokenStream;
  readonly #queries: QueryParser;

  constructor(tokens: TokenStream) {
    this.#tokens = tokens;
    this.#queries = new QueryParser(tokens);
  }

  statement(): StatementSyntax {
    const tokens = this.#tokens;
    const start = tokens.peek();
    const keyword = keywordOf(start);
    if (tokens.isSymbol('(') || ['SELECT', 'WITH', 'VALUES'].includes(keyword)) {
      return { kind: 'query', query: this.#queries.query() };
    }
    if (keyword === 'BEGIN') return this.#begin();
    if (OTHER_STATEMENTS.has(keyword)) return this.#unread();
    tokens.next();
    switch (keyword) {
      case 'INSERT':
        return this.#insert(start.offset);
      case 'UPDATE':
        return this.#update(start.offset);
      case 'DELETE':
        return this.#delete(start.offset);
      case 'SET':
        return this.#set(start.offset);
      case 'SHOW':
        return this.#show(start.offset);
      default:
        throw tokens.expected('an SQL statement', start);
    }
  }

  #insert(start: number): StatementSyntax {
    const tokens = this.#tokens;
    const action = tokens.oneOf('INTO', 'OVERWRITE');
    const isTable = tokens.keywords('TABLE');
    const table = this.#queries.expressions.objectName();
    const columns = this.#queries.columnList();
    const source = this.#queries.query();
    if (action === 'OVERWRITE' || isTable || ['ON', 'RETURNING'].includes(keywordOf(tokens.peek()))) {
      return this.#unread(start);
    }
    return { kind: 'insert', table, columns, source };
  }

  #update(start: number): StatementSyntax {
    const tokens = this.#tokens;
    const { relation, joins } = this.#queries.tableWithJoins();
    tokens.expectKeyword('SET');
    const assignments = tokens.commaSeparated(() => this.#assignment());
    if (keywordOf(tokens.peek()) === 'FROM') return this.#unread(start);
    const where = this.#queries.where();
    const isPlain =
      relation.kind === 'table' &&
      relation.alias === undefined &&
      relation.extra === '' &&
      joins.length === 0;
    if (!isPlain || keywordOf(tokens.peek()) === 'RETURNING') return this.#unread(start);
    return { kind: 'update', table: relation.name, assignments, where };
  }

  #assignment(): Assignment {
    const column = this.#looseName();
    this.#tokens.expectSymbol('=');
    return { column, value: this.#queries.expressions.expr() };
  }

  #delete(start: number): StatementSyntax {
    const tokens = this.#tokens;
    if (!tokens.keywords('FROM')) {
      tokens.commaSeparated(() => this.#queries.expressions.objectName());
      tokens.expectKeyword('FROM');
      return this.#unread(start);
    }
    const from = tokens.commaSeparated(() => this.#queries.tableWithJoins());
    if (keywordOf(tokens.peek()) === 'USING') return this.#unread(start);
    const where = this.#queries.where();
    return keywordOf(tokens.peek()) === 'RETURNING' ? this.#unread(start) : { kind: 'delete', from, where };
  }

  #set(start: number): StatementSyntax {
    const tokens = this.#tokens;
    const modifier = tokens.oneOf('SESSION', 'LOCAL', 'HIVEVAR');
    if (modifier === 'LOCAL' || modifier === 'HIVEVAR') return this.#unread(start);
    if (['ROLE', 'TIME'].includes(keywordOf(tokens.peek()))) return this.#unread(start);
    const variable = this.#queries.expressions.objectName();
    if (!tokens.symbol('=') && !tokens.keywords('TO')) throw tokens.expected('equals sign or TO');
    const values = tokens.commaSeparated(() => this.#queries.expressions.expr());
    return { kind: 'set', variable, values };
  }

  #show(start: number): StatementSyntax {
    const tokens = this.#tokens;
    const extended = tokens.keywords('EXTENDED');
    const full = tokens.keywords('FULL');
    if (SHOWN_OBJECTS.has(keywordOf(tokens.peek()))) return this.#unread(start);
    if (extended || full) {
      throw tokens.error('EXTENDED/FULL are not supported with this type of SHOW query');
    }
    return { kind: 'show', variable: this.#looseName() };
  }

  /** Skips the optional words after `BEGIN`. */
  #begin(): StatementSyntax {
    this.#tokens.next();
    this.#tokens.oneOf('TRANSACTION', 'WORK');
    const modes = this.#unread();
    return { kind: 'other', text: `BEGIN TRANSACTION ${modes.text}`.trimEnd() };
  }

  /** Reads words up to `=` or the end and, like sqlparser, ignores everything else. */
  #looseName(): ObjectName {
    const tokens = this.#tokens;
    const parts: Ident[] = [];
    while (tokens.peek().kind !== 'end' && !tokens.isSymbol('=')) {
      const token = tokens.next();
      if (token.kind === 'word') parts.push(identOf(token));
    }
    return parts;
  }

  /** Skips the rest of the statement and returns its text. */
  #unread(start = this.#tokens.peek().offset): StatementSyntax & { kind: 'other' } {
    const tokens = this.#tokens;
    while (tokens.peek().kind !== 'end' && !tokens.isSymbol(';')) tokens.next();
    return { kind: 'other', text: printUnread(tokens.sql.slice(start, tokens.peek().offset)) };
  }
}
