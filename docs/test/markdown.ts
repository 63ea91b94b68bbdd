/** Reads the repository's Markdown for tests. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface CodeBlock {
  /** Relative to the repository. */
  readonly file: string;
  /** The line of the opening fence, from 1. */
  readonly line: number;
  /** The word after the fence; empty when there is none. */
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

/** All pages for readers. */
export const PAGES: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: ROOT, encoding: 'utf8' },
)
  .split('\n')
  .filter(
    (file) => file !== '' && existsSync(path.join(ROOT, file)) && !/^\.(changeset|github)\//.test(file),
  );

export interface ShellCommand {
  readonly file: string;
  readonly line: number;
  /** Environment variables, written as `NAME=value` before the command. */
  readonly environment: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  readonly text: string;
}

/** The commands in blocks of `sh`, one for each line that does not continue another. */
export function shellCommands(files: readonly string[] = PAGES): ShellCommand[] {
  return files
    .flatMap(codeBlocks)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ file, line, code }) =>
      code
        .replace(/\\\n\s*/g, ' ')
        .split('\n')
        .flatMap((text) => text.split(' && '))
        .map((text) => text.replace(/\s+#.*$/, '').trim())
        .filter((text) => text !== '')
        .map((text) => ({ file, line, text, ...split(text) })),
    );
}

function split(text: string): Pick<ShellCommand, 'environment' | 'words'> {
  const words = [...text.matchAll(/(?:"(?:\\.|[^"])*"|'[^']*'|\S)+/g)].map(([word]) =>
    word.replace(
      /'([^']*)'|"((?:\\.|[^"])*)"/g,
      (_, single?: string, double?: string) => single ?? double ?? '',
    ),
  );
  const environment: Record<string, string> = {};
  while (/^[A-Z_]+=/.test(words[0] ?? '')) {
    const [name = '', value = ''] = words.shift()?.split(/=(.*)/s) ?? [];
    environment[name] = value;
  }
  return { environment, words };
}
