/** Reads the repository's Markdown as tests need it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface CodeBlock {
  /** Relative to the repository. */
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The word behind the fence; empty when there is none. */
  readonly language: string;
  readonly code: string;
  /** The nearest heading above. */
  readonly heading: string;
}

/** The fenced code blocks of a page; those inside lists lose their indentation. */
export function codeBlocks(file: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  let open: { line: number; indent: number; language: string; code: string[] } | undefined;
  for (const [index, line] of readFileSync(path.join(ROOT, file), 'utf8').split('\n').entries()) {
    const fence = /^( *)```(.*)$/.exec(line);
    if (open && fence && fence[2] === '') {
      const { line: start, language, code } = open;
      blocks.push({ file, line: start, language, heading, code: `${code.join('\n')}\n` });
      open = undefined;
    } else if (open) {
      open.code.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
    } else if (fence) {
      open = { line: index + 1, indent: fence[1]?.length ?? 0, language: fence[2] ?? '', code: [] };
    } else {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  if (open) throw new Error(`${file}:${open.line}: the code block has no end`);
  return blocks;
}

/** The only block in this language below this heading. @throws {Error} when there is none, or more than one */
export function codeBlock(file: string, heading: string, language: string): string {
  const found = codeBlocks(file).filter((block) => block.heading === heading && block.language === language);
  const [only] = found;
  if (found.length === 1 && only) return only.code;
  throw new Error(`${file} has ${found.length} blocks of ${language} below “${heading}”`);
}
