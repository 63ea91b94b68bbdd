/**
 * Splits SQL into tokens like the real server: sqlparser 0.38 with its Postgres dialect. Comments and white space are
 * dropped.
 */
import { SqlError } from './sql-error.ts';

export type Token =
  /** An identifier or a keyword. `keyword` is its upper-case form, empty if it was quoted. */
  | { readonly kind: 'word'; readonly value: string; readonly keyword: string; readonly offset: number }
  /** `suffix` is the `L` that the dialect allows after a number. */
  | { readonly kind: 'number'; readonly value: string; readonly suffix: string; readonly offset: number }
  | { readonly kind: 'string'; readonly value: string; readonly offset: number }
  | { readonly kind: 'hex'; readonly value: string; readonly offset: number }
  /** A kind of literal that no statement accepts (`N'…'`, `E'…'`, `$$…$$`, `$1`, `?`), as it is shown in errors. */
  | { readonly kind: 'foreign'; readonly value: string; readonly offset: number }
  | { readonly kind: 'symbol'; readonly value: string; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number };

const WHITE_SPACE = /(?:[^\S\uFEFF]|\u0085)+/uy;
const LINE_COMMENT = /--[^\n]*\n?/y;
const WORD = /[\p{Alphabetic}_][\p{Alphabetic}0-9$_]*/uy;
const HEX_NUMBER = /0x([0-9A-Fa-f]*)/y;
const NUMBER = /((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(L?)/y;
const PLACEHOLDER = /\?\p{Number}*/uy;
const SYMBOL =
  /->>|->|\|\|\/|\|\/|\|\||=>|==|!~\*|!~|!=|!!|<=>|<=|<>|<<|<@|>=|>>|::|:=|&&|~\*|#>>|#>|#-|@>|@\?|@@|[^]/uy;

/** @throws {SqlError} for an unterminated string, quoted name or comment */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while ((offset = skipBlank(sql, offset)) < sql.length) {
    const [token, end] = readToken(sql, offset);
    tokens.push(token);
    offset = end;
  }
  tokens.push({ kind: 'end', offset: sql.length });
  return tokens;
}

/** The name of a token in errors. */
export function tokenText(token: Token): string {
  switch (token.kind) {
    case 'word':
      return token.keyword === '' ? `"${token.value}"` : token.value;
    case 'number':
      return token.value + token.suffix;
    case 'string':
      return `'${token.value}'`;
    case 'hex':
      return `X'${token.value}'`;
    case 'end':
      return 'EOF';
    default:
      return token.value;
  }
}

/** The position of `offset` in errors, counted in characters from 1. */
export function locationText(sql: string, offset: number): string {
  const before = sql.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return ` at Line: ${line}, Column ${[...before.slice(lineStart)].length + 1}`;
}

function lexicalError(sql: string, offset: number, message: string): SqlError {
  return new SqlError(`sql parser error: ${message}${locationText(sql, offset)}`);
}

function match(pattern: RegExp, sql: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(sql);
}

function skipBlank(sql: string, start: number): number {
  let offset = start;
  for (;;) {
    const blank = match(WHITE_SPACE, sql, offset) ?? match(LINE_COMMENT, sql, offset);
    if (blank !== null) offset += blank[0].length;
    else if (sql.startsWith('/*', offset)) offset = endOfBlockComment(sql, offset);
    else return offset;
  }
}

/** Block comments nest. */
function endOfBlockComment(sql: string, start: number): number {
  let depth = 1;
  let offset = start + 2;
  while (offset < sql.length) {
    if (sql.startsWith('/*', offset)) {
      depth++;
      offset += 2;
    } else if (sql.startsWith('*/', offset)) {
      depth--;
      offset += 2;
      if (depth === 0) return offset;
    } else {
      offset++;
    }
  }
  throw lexicalError(sql, sql.length, 'Unexpected EOF while in a multi-line comment');
}

function readToken(sql: string, offset: number): [Token, number] {
  const first = sql[offset];
  if (first === "'") {
    const [value, end] = readQuoted(sql, offset);
    return [{ kind: 'string', value, offset }, end];
  }
  if (first === '"') return readQuotedName(sql, offset);
  if (first === '$') return readDollar(sql, offset);

  const hex = match(HEX_NUMBER, sql, offset);
  if (hex !== null) return [{ kind: 'hex', value: hex[1] ?? '', offset }, offset + hex[0].length];
  const number = match(NUMBER, sql, offset);
  if (number !== null) {
    const token: Token = { kind: 'number', value: number[1] ?? '', suffix: number[2] ?? '', offset };
    return [token, offset + number[0].length];
  }
  if (sql[offset + 1] === "'" && first !== undefined && /[nNeExX]/.test(first)) {
    return readPrefixedString(sql, offset, first.toUpperCase());
  }
  const word = match(WORD, sql, offset);
  if (word !== null) {
    const value = word[0];
    return [{ kind: 'word', value, keyword: value.toUpperCase(), offset }, offset + value.length];
  }
  const placeholder = match(PLACEHOLDER, sql, offset);
  if (placeholder !== null) {
    return [{ kind: 'foreign', value: placeholder[0], offset }, offset + placeholder[0].length];
  }
  const symbol = match(SYMBOL, sql, offset)?.[0] ?? '';
  return [{ kind: 'symbol', value: symbol === '!=' ? '<>' : symbol, offset }, offset + symbol.length];
}

/** Reads a string from its opening quote; a doubled quote means one. @returns the text and its end */
function readQuoted(sql: string, start: number): [string, number] {
  let from = start + 1;
  let value = '';
  for (;;) {
    const close = sql.indexOf("'", from);
    if (close < 0) throw lexicalError(sql, start, 'Unterminated string literal');
    value += sql.slice(from, close);
    if (sql[close + 1] !== "'") return [value, close + 1];
    value += "'";
    from = close + 2;
  }
}

function readQuotedName(sql: string, start: number): [Token, number] {
  let from = start + 1;
  let value = '';
  for (;;) {
    const close = sql.indexOf('"', from);
    if (close < 0) throw lexicalError(sql, start, `Expected close delimiter '"' before EOF.`);
    value += sql.slice(from, close);
    if (sql[close + 1] !== '"') return [{ kind: 'word', value, keyword: '', offset: start }, close + 1];
    value += '"';
    from = close + 2;
  }
}

function readPrefixedString(sql: string, offset: number, prefix: string): [Token, number] {
  if (prefix === 'E') {
    const escaped = match(/'(?:[^'\\]|\\[^]|'')*'/y, sql, offset + 1);
    if (escaped === null) throw lexicalError(sql, offset, 'Unterminated encoded string literal');
    return [{ kind: 'foreign', value: `E${escaped[0]}`, offset }, offset + 1 + escaped[0].length];
  }
  const [value, end] = readQuoted(sql, offset + 1);
  if (prefix === 'X') return [{ kind: 'hex', value, offset }, end];
  return [{ kind: 'foreign', value: `N'${value}'`, offset }, end];
}

/** `$$…$$`, `$tag$…$tag$` or a placeholder such as `$1`. */
function readDollar(sql: string, offset: number): [Token, number] {
  const name = match(/\$([\p{Alphabetic}\p{Number}_]*)(\$?)/uy, sql, offset);
  const opening = name?.[0] ?? '$';
  if (name?.[2] === '') return [{ kind: 'foreign', value: opening, offset }, offset + opening.length];
  const close = sql.indexOf(opening, offset + opening.length);
  if (close < 0) throw lexicalError(sql, sql.length, 'Unterminated dollar-quoted string');
  const end = close + opening.length;
  return [{ kind: 'foreign', value: sql.slice(offset, end), offset }, end];
}
