/** Parses queries: SELECT with its clauses, VALUES, and the tables in FROM. */
import { SqlError } from './sql-error.ts';
import { ExpressionParser, identOf } from './expression-parser.ts';
import { printExpr, printName, printQuery, printQueryBody, printTableFactor } from './print.ts';
import type {
  Expr,
  Ident,
  Join,
  Query,
  QueryBody,
  Select,
  SelectItem,
  TableFactor,
  TableWithJoins,
} from './syntax.ts';
import { tokenText } from './lexer.ts';
import { keywordOf, type TokenStream } from './token-stream.ts';

const RESERVED = (
  'WITH EXPLAIN ANALYZE SELECT WHERE GROUP SORT HAVING ORDER TOP LATERAL VIEW LIMIT OFFSET FETCH UNION EXCEPT ' +
  'INTERSECT CLUSTER DISTRIBUTE END'
).split(' ');
/** Words that cannot be an alias without AS, after a table and after an expression. */
const NO_TABLE_ALIAS = new Set([
  ...RESERVED,
  ...'PIVOT ON JOIN INNER CROSS FULL LEFT RIGHT NATURAL USING OUTER SET QUALIFY WINDOW PARTITION'.split(' '),
]);
const NO_COLUMN_ALIAS = new Set([...RESERVED, 'FROM', 'INTO']);

const SET_OPERATORS: ReadonlyMap<string, number> = new Map([
  ['UNION', 10],
  ['EXCEPT', 10],
  ['INTERSECT', 20],
]);

export class QueryParser {
  readonly expressions: ExpressionParser;
  readonly #tokens: TokenStream;

  constructor(tokens: TokenStream) {
    this.#tokens = tokens;
    this.expressions = new ExpressionParser(tokens, () => this.query(), printQuery);
  }

  /** @throws {SqlError} when the next tokens are not a query */
  query(): Query {
    const tokens = this.#tokens;
    return tokens.nested(() => {
      if (keywordOf(tokens.peek()) === 'WITH') throw this.#unsupported();
      const body = this.#body(0);
      const orderBy = tokens.keywords('ORDER', 'BY')
        ? `ORDER BY ${tokens.commaSeparated(() => this.#orderByItem()).join(', ')}`
        : '';
      let limit: Expr | undefined;
      let tail = '';
      for (let i = 0; i < 2; i++) {
        if (limit === undefined && tokens.keywords('LIMIT')) {
          limit = tokens.keywords('ALL') ? undefined : this.expressions.expr();
        }
        if (tail === '' && tokens.keywords('OFFSET')) {
          const rows = printExpr(this.expressions.expr());
          tail = ['OFFSET', rows, tokens.oneOf('ROW', 'ROWS') ?? ''].join(' ').trimEnd();
        }
      }
      const next = keywordOf(tokens.peek());
      if (next === 'FETCH' || next === 'FOR') throw this.#unsupported();
      return { body, orderBy, limit, tail };
    });
  }

  tableWithJoins(): TableWithJoins {
    const relation = this.#tableFactor();
    const joins: Join[] = [];
    for (let join = this.#join(); join !== undefined; join = this.#join()) joins.push(join);
    return { relation, joins };
  }

  /** Parses the WHERE clause, if there is one. */
  where(): Expr | undefined {
    return this.#tokens.keywords('WHERE') ? this.expressions.expr() : undefined;
  }

  /** Parses a list of names in parentheses; empty if there is none. */
  columnList(): Ident[] {
    const tokens = this.#tokens;
    if (!tokens.symbol('(')) return [];
    const columns = tokens.commaSeparated(() => this.expressions.ident());
    tokens.expectSymbol(')');
    return columns;
  }

  selectItem(): SelectItem {
    const item = this.expressions.wildcardOrExpr();
    if (!('kind' in item)) return { kind: 'wildcard', of: item.wildcard };
    return { kind: 'expr', expr: item, alias: this.#alias(NO_COLUMN_ALIAS) };
  }

  #body(precedence: number): QueryBody {
    const tokens = this.#tokens;
    let body = this.#simpleBody();
    for (;;) {
      const operator = keywordOf(tokens.peek());
      const next = SET_OPERATORS.get(operator) ?? 0;
      if (precedence >= next) return body;
      tokens.next();
      const quantifier = tokens.oneOf('ALL', 'DISTINCT');
      const right = printQueryBody(this.#body(next));
      const text = [printQueryBody(body), operator, quantifier ?? '', right]
        .filter((part) => part !== '')
        .join(' ');
      body = { kind: 'other', text };
    }
  }

  #simpleBody(): QueryBody {
    const tokens = this.#tokens;
    if (tokens.keywords('SELECT')) return { kind: 'select', select: this.#select() };
    if (tokens.symbol('(')) {
      const query = this.query();
      tokens.expectSymbol(')');
      return { kind: 'other', text: `(${printQuery(query)})` };
    }
    if (tokens.keywords('VALUES'))
      return { kind: 'values', rows: tokens.commaSeparated(() => this.#valuesRow()) };
    if (keywordOf(tokens.peek()) === 'TABLE') throw this.#unsupported();
    throw tokens.expected('SELECT, VALUES, or a subquery in the query body');
  }

  #valuesRow(): Expr[] {
    const tokens = this.#tokens;
    tokens.expectSymbol('(');
    const row = tokens.commaSeparated(() => this.expressions.expr());
    tokens.expectSymbol(')');
    return row;
  }

  #select(): Select {
    const tokens = this.#tokens;
    const modifier = [this.#modifier(), this.#top()].filter((part) => part !== '').join(' ');
    const projection = tokens.commaSeparated(() => this.selectItem());
    if (keywordOf(tokens.peek()) === 'INTO') throw this.#unsupported();
    const from = tokens.keywords('FROM') ? tokens.commaSeparated(() => this.tableWithJoins()) : [];
    if (keywordOf(tokens.peek()) === 'LATERAL') throw this.#unsupported();
    const where = this.where();
    return { modifier, projection, from, where, tail: this.#selectTail() };
  }

  #modifier(): string {
    const tokens = this.#tokens;
    const start = tokens.peek();
    const all = tokens.keywords('ALL');
    if (!tokens.keywords('DISTINCT')) return '';
    if (all) throw tokens.error('Cannot specify both ALL and DISTINCT', start);
    if (!tokens.keywords('ON')) return 'DISTINCT';
    tokens.expectSymbol('(');
    const columns = tokens.commaSeparated(() => printExpr(this.expressions.expr()));
    tokens.expectSymbol(')');
    return `DISTINCT ON (${columns.join(', ')})`;
  }

  #top(): string {
    const tokens = this.#tokens;
    if (!tokens.keywords('TOP')) return '';
    const inParentheses = tokens.symbol('(');
    const start = tokens.peek();
    if (!inParentheses && start.kind !== 'number') throw tokens.expected('literal number', start);
    const quantity = inParentheses ? printExpr(this.expressions.expr()) : tokenText(tokens.next());
    if (inParentheses) tokens.expectSymbol(')');
    const percent = tokens.keywords('PERCENT') ? ' PERCENT' : '';
    const ties = tokens.keywords('WITH', 'TIES') ? ' WITH TIES' : '';
    return `TOP (${quantity})${percent}${ties}`;
  }

  /** Parses the clauses of a SELECT after WHERE. */
  #selectTail(): string {
    const tokens = this.#tokens;
    const parts: string[] = [];
    if (tokens.keywords('GROUP', 'BY')) {
      const by = tokens.keywords('ALL')
        ? 'ALL'
        : tokens.commaSeparated(() => printExpr(this.expressions.expr())).join(', ');
      parts.push(`GROUP BY ${by}`);
    }
    for (const clause of ['CLUSTER', 'DISTRIBUTE', 'SORT']) {
      if (!tokens.keywords(clause, 'BY')) continue;
      parts.push(
        `${clause} BY ${tokens.commaSeparated(() => printExpr(this.expressions.expr())).join(', ')}`,
      );
    }
    if (tokens.keywords('HAVING')) parts.push(`HAVING ${printExpr(this.expressions.expr())}`);
    if (keywordOf(tokens.peek()) === 'WINDOW') throw this.#unsupported();
    if (tokens.keywords('QUALIFY')) parts.push(`QUALIFY ${printExpr(this.expressions.expr())}`);
    return parts.join(' ');
  }

  #orderByItem(): string {
    const tokens = this.#tokens;
    const parts = [printExpr(this.expressions.expr())];
    const direction = tokens.oneOf('ASC', 'DESC');
    if (direction !== undefined) parts.push(direction);
    if (tokens.keywords('NULLS', 'FIRST')) parts.push('NULLS FIRST');
    else if (tokens.keywords('NULLS', 'LAST')) parts.push('NULLS LAST');
    return parts.join(' ');
  }

  #tableFactor(): TableFactor {
    const tokens = this.#tokens;
    const lateral = tokens.keywords('LATERAL') ? 'LATERAL ' : '';
    if (tokens.symbol('(')) return this.#parenthesizedFactor(lateral);
    if (lateral !== '') throw tokens.expected('subquery after LATERAL');
    const next = keywordOf(tokens.peek());
    if (next === 'TABLE' || next === 'UNNEST') throw this.#unsupported();

    const name = this.expressions.objectName();
    let extra = '';
    if (tokens.symbol('(')) {
      const args = tokens.isSymbol(')')
        ? []
        : tokens.commaSeparated(() => printExpr(this.expressions.expr()));
      tokens.expectSymbol(')');
      extra = `(${args.join(', ')})`;
    }
    const alias = this.#alias(NO_TABLE_ALIAS);
    const columns = alias === undefined ? [] : this.columnList();
    if (columns.length > 0) {
      const text = printTableFactor({ kind: 'table', name, alias, extra });
      return { kind: 'other', text: `${text} (${columns.map((column) => printName([column])).join(', ')})` };
    }
    return { kind: 'table', name, alias, extra };
  }

  /** Parses a subquery or a join in parentheses, after the opening parenthesis. */
  #parenthesizedFactor(lateral: string): TableFactor {
    const tokens = this.#tokens;
    const inner = tokens.nested(() => {
      const keyword = keywordOf(tokens.peek());
      if (keyword === 'SELECT' || keyword === 'WITH' || keyword === 'VALUES') return printQuery(this.query());
      const from = this.tableWithJoins();
      if (from.joins.length === 0 && from.relation.kind === 'table') throw tokens.expected('joined table');
      return printTableFactor(from.relation) + from.joins.map(() => ' JOIN …').join('');
    });
    tokens.expectSymbol(')');
    const alias = this.#alias(NO_TABLE_ALIAS);
    return {
      kind: 'other',
      text: `${lateral}(${inner})${alias === undefined ? '' : ` AS ${printName([alias])}`}`,
    };
  }

  #join(): Join | undefined {
    const tokens = this.#tokens;
    if (tokens.keywords('CROSS')) {
      if (!tokens.keywords('JOIN')) throw tokens.expected('JOIN or APPLY after CROSS');
      return { kind: 'inner', cross: true, relation: this.#tableFactor(), on: undefined };
    }
    if (keywordOf(tokens.peek()) === 'OUTER') throw tokens.expected('APPLY', tokens.peek(1));
    const natural = tokens.keywords('NATURAL');
    const type = this.#joinType();
    if (type === undefined) {
      if (natural) throw tokens.expected('a join type after NATURAL');
      return undefined;
    }
    const relation = this.#tableFactor();
    const prefix = `${natural ? 'NATURAL ' : ''}${type === '' ? '' : `${type} `}JOIN ${printTableFactor(relation)}`;
    if (natural) return { kind: 'other', relation, text: prefix };
    if (tokens.keywords('USING')) {
      const columns = this.columnList().map((column) => printName([column]));
      return { kind: 'other', relation, text: `${prefix} USING(${columns.join(', ')})` };
    }
    const on = tokens.keywords('ON') ? this.expressions.expr() : undefined;
    if (type === '') return { kind: 'inner', cross: false, relation, on };
    return { kind: 'other', relation, text: on === undefined ? prefix : `${prefix} ON ${printExpr(on)}` };
  }

  /**
   * Reads the words up to and including JOIN. Returns the words before it; empty for an inner join, `undefined` if
   * there is no join.
   */
  #joinType(): string | undefined {
    const tokens = this.#tokens;
    if (tokens.keywords('JOIN')) return '';
    if (tokens.keywords('INNER')) {
      tokens.expectKeyword('JOIN');
      return '';
    }
    const side = tokens.oneOf('LEFT', 'RIGHT', 'FULL');
    if (side === undefined) return undefined;
    const kind = tokens.oneOf(...(side === 'FULL' ? ['OUTER'] : ['OUTER', 'SEMI', 'ANTI']));
    tokens.expectKeyword('JOIN');
    return kind === undefined || kind === 'OUTER' ? side : `${side} ${kind}`;
  }

  #alias(reserved: ReadonlySet<string>): Ident | undefined {
    const tokens = this.#tokens;
    const afterAs = tokens.keywords('AS');
    const token = tokens.peek();
    if (token.kind === 'word' && (afterAs || !reserved.has(token.keyword))) {
      tokens.next();
      return identOf(token);
    }
    if (token.kind === 'string') {
      tokens.next();
      return { value: token.value, quote: "'" };
    }
    if (afterAs) throw tokens.expected('an identifier after AS');
    return undefined;
  }

  /** Returns an error for a clause that the server does not support. */
  #unsupported(): SqlError {
    return new SqlError(`Unsupported: ${this.#tokens.sql.replace(/[\s;]+$/u, '').trimStart()}`);
  }
}
