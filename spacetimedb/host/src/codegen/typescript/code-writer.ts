/** Collects lines of code, indented by two spaces per level. */
export class CodeWriter {
  readonly #lines: string[] = [];
  #level = 0;

  /** Adds a line; an empty one without text. */
  line(text = ''): this {
    this.#lines.push(text === '' ? '' : '  '.repeat(this.#level) + text);
    return this;
  }

  lines(texts: Iterable<string>): this {
    for (const text of texts) this.line(text);
    return this;
  }

  /** Adds `open`, the lines of `body` one level deeper, and `close`. */
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
