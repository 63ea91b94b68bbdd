/** Collects lines of code, indented by two spaces a level. */
export class CodeWriter {
  readonly #lines: string[] = [];
  #level = 0;

  /** Adds a line; without text, an empty one. */
  line(text = ''): this {
    this.#lines.push(text === '' ? '' : '  '.repeat(this.#level) + text);
    return this;
  }

  lines(texts: Iterable<string>): this {
    for (const text of texts) this.line(text);
    return this;
  }

  /** Adds `open`, then what `body` adds, one level deeper, then `close`. */
  block(open: string, body: () => void, close: string): this {
    this.line(open);
    this.#level++;
    body();
    this.#level--;
    return this.line(close);
  }

  toString(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }
}
