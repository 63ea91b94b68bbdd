/**
 * A pull parser for JSON that keeps integers exact. It accepts and refuses what serde_json does, with the same
 * messages and positions, because its errors reach the callers of reducers.
 */
import { f64Json } from './json-number.ts';

/** An error in a JSON text. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  /** Path in the value: `.` for the root, otherwise such as `[0].name`; `undefined` after the value. */
  path: string | undefined = '.';
  /** Index in the text that the message names; `undefined` until known. */
  offset: number | undefined;
  /** The number of characters before `offset` that were only peeked at; each counts as one byte. */
  ahead = 0;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** Integers that fit into 64 bits are `bigint`, all other numbers are `number`. */
export type JsonNumber = bigint | number;

const MAX_DEPTH = 127;
const U64_MAX = (1n << 64n) - 1n;
/** Enough for any integer of 128 bits. */
const MAX_INTEGER_DIGITS = 39;
const I64_MIN = -(1n << 63n);

/** All characters from the space on except the quote and the backslash. */
const PLAIN_CHARACTERS = /[ !#-[\]-\uffff]+/y;

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/' },
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
};

export class JsonReader {
  readonly #text: string;
  #offset = 0;
  #depth = 0;
  readonly #path: (string | number)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** The kind of the next value. */
  kind(): JsonKind {
    switch (this.#peek()) {
      case 'n':
        return 'null';
      case 't':
      case 'f':
        return 'boolean';
      case '"':
        return 'string';
      case '[':
        return 'array';
      case '{':
        return 'object';
      case '':
        throw this.#at('EOF while parsing a value');
      default:
        if (/[-0-9]/.test(this.#peek())) return 'number';
        throw this.#at('expected value', 1);
    }
  }

  null(): null {
    this.#word('null');
    return null;
  }

  boolean(): boolean {
    const value = this.#peek() === 't';
    this.#word(value ? 'true' : 'false');
    return value;
  }

  number(): JsonNumber {
    const text = this.#match(/-?\d*/y);
    const digits = text.startsWith('-') ? text.slice(1) : text;
    this.#checkInteger(digits);
    const fraction = this.#match(/\.\d*/y);
    if (fraction === '.') throw this.#badDigit();
    const exponent = this.#match(/[eE][+-]?\d*/y);
    if (/[eE+-]$/.test(exponent)) throw this.#badDigit();
    if (fraction === '' && exponent === '' && digits.length <= MAX_INTEGER_DIGITS) {
      const integer = BigInt(text);
      // JSON's -0 is a float, because no integer is negative zero.
      if (text !== '-0' && integer >= I64_MIN && integer <= U64_MAX) return integer;
    }
    const value = Number(text + fraction + exponent);
    if (!Number.isFinite(value)) throw this.#at('number out of range');
    return value;
  }

  /** Reads an integer of at most 128 bits. Stops before a fraction, which the next read reports as an error. */
  wideInteger(isSigned: boolean): bigint {
    if (this.#peek() === '') throw this.#at('EOF while parsing a value');
    if (this.#peek() === '-' && !isSigned) throw this.#at('number out of range', 1);
    const text = this.#match(/-?\d*/y);
    this.#checkInteger(text.replace('-', ''));
    const value = text.length > MAX_INTEGER_DIGITS + 1 ? 1n << 128n : BigInt(text);
    const max = (1n << (isSigned ? 127n : 128n)) - 1n;
    if (value > max || value < (isSigned ? -max - 1n : 0n)) throw this.#at('number out of range');
    return value;
  }

  string(): string {
    this.#peek();
    this.#offset++;
    let value = '';
    for (;;) {
      value += this.#match(PLAIN_CHARACTERS);
      const next = this.#text[this.#offset++];
      if (next === '"') return value;
      if (next === '\\') {
        value += this.#escape();
      } else if (next === undefined) {
        this.#offset--;
        throw this.#at('EOF while parsing a string');
      } else {
        throw this.#at('control character (\\u0000-\\u001F) found while parsing a string');
      }
    }
  }

  /**
   * Reads an array. `read` gets a function that says whether another element follows, and calls it before each
   * element. Unread elements are an error.
   */
  array<Result>(read: (next: () => boolean) => Result): Result {
    let index = -1;
    return this.#container(']', 'EOF while parsing a list', () =>
      read(() => {
        if (index++ >= 0) this.#path.pop();
        // An error between two items is an error of the list.
        const found = this.#nextItem(']', index === 0, 'EOF while parsing a list', 'expected `,` or `]`');
        if (found) this.#path.push(index);
        return found;
      }),
    );
  }

  /**
   * Reads an object. `read` gets a function that returns the next key, or `undefined` after the last one. Each value
   * must be read before the next key.
   */
  object<Result>(read: (nextKey: () => string | undefined) => Result): Result {
    let isFirst = true;
    return this.#container('}', 'EOF while parsing an object', () =>
      read(() => {
        if (!isFirst) this.#path.pop();
        this.#path.push('?');
        const found = this.#nextItem('}', isFirst, 'EOF while parsing an object', 'expected `,` or `}`');
        isFirst = false;
        if (!found) {
          this.#path.pop();
          return undefined;
        }
        if (this.#peek() !== '"') throw this.#at('key must be a string', 1);
        const key = this.string();
        this.#path[this.#path.length - 1] = key;
        return key;
      }),
    );
  }

  /** Reads the colon between a key and its value. */
  colon(): void {
    if (this.#peek() === '') throw this.#at('EOF while parsing an object');
    if (this.#peek() !== ':') throw this.#at('expected `:`', 1);
    this.#offset++;
  }

  /** Checks that only white space follows. */
  end(): void {
    if (this.#peek() !== '') throw this.#at('trailing characters', 1);
  }

  /** Consumes the next value and returns an error that says it has the wrong type. */
  invalidType(expected: string): JsonError {
    return this.#locate(new JsonError(`invalid type: ${this.#unexpected()}, expected ${expected}`));
  }

  /** An error about the value that was just read. */
  invalid(message: string): JsonError {
    return this.#locate(new JsonError(message));
  }

  /** An error about the array or object being read. Its position is the end of the container. */
  invalidContainer(message: string): JsonError {
    return this.#withPath(new JsonError(message));
  }

  /** An error about a repeated key. It belongs to the object, not to the value. */
  duplicateKey(message: string): JsonError {
    this.#path.pop();
    return this.invalidContainer(message);
  }

  #unexpected(): string {
    switch (this.kind()) {
      case 'null':
        this.null();
        return 'null';
      case 'boolean':
        return `boolean \`${this.boolean()}\``;
      case 'number':
        return numberText(this.number());
      case 'string':
        return `string ${debugString(this.string())}`;
      case 'array':
        return 'sequence';
      case 'object':
        return 'map';
    }
  }

  #container<Result>(close: string, endOfText: string, read: () => Result): Result {
    const depth = this.#path.length;
    if (++this.#depth > MAX_DEPTH) throw this.#at('recursion limit exceeded', 1);
    this.#peek();
    this.#offset++;
    let result: { readonly value: Result } | undefined;
    let failure: unknown;
    try {
      result = { value: read() };
    } catch (error) {
      failure = error;
    }
    // Report unread elements, and record how far a failed read got.
    this.#path.length = depth;
    this.#depth--;
    try {
      this.#close(close, endOfText);
    } catch (error) {
      failure ??= error;
    }
    if (result !== undefined && failure === undefined) return result.value;
    if (failure instanceof JsonError && failure.offset === undefined) failure.offset = this.#offset;
    throw failure;
  }

  #close(close: string, endOfText: string): void {
    const next = this.#peek();
    if (next === '') throw this.#at(endOfText);
    if (next === close) {
      this.#offset++;
      return;
    }
    if (next !== ',') throw this.#at('trailing characters', 1);
    if (close === '}') throw this.#at('trailing comma', 1);
    this.#offset++;
    throw this.#at(this.#peek() === close ? 'trailing comma' : 'trailing characters', 1);
  }

  #nextItem(close: string, isFirst: boolean, endOfText: string, expected: string): boolean {
    const next = this.#peek();
    if (next === '') throw this.#at(endOfText);
    if (next === close) return false;
    if (isFirst) return true;
    if (next !== ',') throw this.#at(expected, 1);
    this.#offset++;
    if (this.#peek() === '') throw this.#at('EOF while parsing a value');
    if (this.#peek() === close) throw this.#at('trailing comma', 1);
    return true;
  }

  /** The next character that is not white space, without consuming it; empty at the end. */
  #peek(): string {
    for (;;) {
      const next = this.#text[this.#offset] ?? '';
      if (next !== ' ' && next !== '\n' && next !== '\t' && next !== '\r') return next;
      this.#offset++;
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#offset += found.length;
    return found;
  }

  #word(word: string): void {
    this.#peek();
    for (const letter of word) {
      const next = this.#text[this.#offset];
      if (next === undefined) throw this.#at('EOF while parsing a value');
      this.#offset++;
      if (next !== letter) throw this.#at('expected ident');
    }
  }

  #checkInteger(digits: string): void {
    if (digits === '') {
      const isEnd = this.#offset >= this.#text.length;
      throw isEnd ? this.#at('EOF while parsing a value') : this.#at('invalid number', 1);
    }
    if (digits.length > 1 && digits.startsWith('0')) {
      this.#offset -= digits.length - 1;
      throw this.#at('invalid number', 1);
    }
  }

  #badDigit(): JsonError {
    const isEnd = this.#offset >= this.#text.length;
    return isEnd ? this.#at('EOF while parsing a value') : this.#at('invalid number', 1);
  }

  #escape(): string {
    const letter = this.#text[this.#offset++];
    if (letter === undefined) {
      this.#offset--;
      throw this.#at('EOF while parsing a string');
    }
    if (letter !== 'u') {
      const escaped = ESCAPES[letter];
      if (escaped === undefined) throw this.#at('invalid escape');
      return escaped;
    }
    const unit = this.#hexUnit();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit >= 0xdc00) throw this.#at('lone leading surrogate in hex escape');
    if (!this.#text.startsWith('\\u', this.#offset)) {
      this.#offset++;
      throw this.#at('unexpected end of hex escape');
    }
    this.#offset += 2;
    const second = this.#hexUnit();
    if (second < 0xdc00 || second > 0xdfff) throw this.#at('lone leading surrogate in hex escape');
    return String.fromCharCode(unit, second);
  }

  #hexUnit(): number {
    const digits = this.#text.slice(this.#offset, this.#offset + 4);
    this.#offset += digits.length;
    if (digits.length < 4) throw this.#at('EOF while parsing a string');
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#at('invalid escape');
    return Number.parseInt(digits, 16);
  }

  /** An error here, or `ahead` characters later: serde_json counts a character that it only peeked at. */
  #at(message: string, ahead = 0): JsonError {
    return this.#locate(new JsonError(message), ahead);
  }

  #locate(error: JsonError, ahead = 0): JsonError {
    error.offset = Math.min(this.#offset + ahead, this.#text.length);
    error.ahead = error.offset - this.#offset;
    return this.#withPath(error);
  }

  #withPath(error: JsonError): JsonError {
    let path = '';
    for (const step of this.#path) {
      if (typeof step === 'number') path += `[${step}]`;
      else path += path === '' ? step : `.${step}`;
    }
    error.path = path === '' ? '.' : path;
    return error;
  }
}

/** Formats a number for error messages. */
export function numberText(value: JsonNumber): string {
  return typeof value === 'bigint' ? `integer \`${value}\`` : `floating point \`${f64Json(value)}\``;
}

/** Formats a string for error messages: quoted and escaped. */
export function debugString(value: string): string {
  const escaped = value.replace(/["\\\n\r\t\0]/g, (character) => {
    const letters: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\0': '0' };
    return `\\${letters[character] ?? character}`;
  });
  return `"${escaped.replace(/\p{Cc}/gu, (control) => `\\u{${control.charCodeAt(0).toString(16)}}`)}"`;
}

/** The position of `offset` for error messages: line from 1, bytes within the line from 0. */
export function placeText(text: string, { offset = 0, ahead }: JsonError): string {
  const before = text.slice(0, offset - ahead);
  const lineStart = before.lastIndexOf('\n') + 1;
  const column = new TextEncoder().encode(before.slice(lineStart)).length + ahead;
  return `at line ${before.split('\n').length} column ${column}`;
}
