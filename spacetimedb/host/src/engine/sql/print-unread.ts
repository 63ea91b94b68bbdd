import { tokenize, tokenText, type Token } from './lexer.ts';
import { keywordOf } from './token-stream.ts';

/** Words that sqlparser prints in upper case, however they were written. */
const KEYWORDS = wordSet(
  'SELECT INSERT UPDATE DELETE INTO VALUES FROM SET WHERE RETURNING USING CREATE ALTER DROP TABLE VIEW INDEX ADD COLUMN ' +
    'TRUNCATE EXPLAIN ANALYZE DESCRIBE GRANT REVOKE ALL ON TO START TRANSACTION COMMIT ROLLBACK SHOW EXTENDED FULL ' +
    'TABLES COLUMNS FIELDS FUNCTIONS COLLATION IF EXISTS NOT NULL PRIMARY UNIQUE AND OR AS',
);
/** Types that sqlparser prints in upper case in column definitions. */
const TYPES = wordSet(
  'INT INTEGER SMALLINT BIGINT TINYINT TEXT STRING VARCHAR CHAR BOOL BOOLEAN REAL FLOAT DOUBLE NUMERIC DECIMAL ' +
    'DATE TIME TIMESTAMP UUID JSON BYTEA',
);

/**
 * Prints a statement that the host does not parse as sqlparser does: keywords and types in upper case, literals in
 * their canonical form, and single spaces.
 */
export function printUnread(sql: string): string {
  const tokens = tokenize(sql);
  const definesColumns = ['CREATE', 'ALTER'].includes(keywordOf(tokens[0] as Token));
  let text = '';
  let isBehindName = false;
  for (const token of tokens) {
    if (token.kind === 'end') break;
    const before = sql.slice(Math.max(0, token.offset - 2), token.offset);
    const isApart = /\s$/u.test(before) || before === '*/';
    const keyword = keywordOf(token);
    const isUpper: boolean = KEYWORDS.has(keyword) || (definesColumns && isBehindName && TYPES.has(keyword));
    text += (isApart && text !== '' ? ' ' : '') + (isUpper ? keyword : printToken(token));
    isBehindName = token.kind === 'word' && !isUpper;
  }
  return text;
}

function printToken(token: Token): string {
  return token.kind === 'string' ? `'${token.value.replaceAll("'", "''")}'` : tokenText(token);
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
