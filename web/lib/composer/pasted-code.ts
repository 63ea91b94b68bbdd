/** Recognises pasted code, and turns it into a code block. Loaded when several lines are pasted. */
import { isInCode } from './code-ranges.ts';
import { replaceRange } from './replace-range.ts';

/** Text that was pasted into a field. */
export interface Pasted {
  /** With `\n` at the end of lines. */
  readonly text: string;
  /** Where it begins in the field's text. */
  readonly start: number;
  /** The clipboard's HTML, if there is any. */
  readonly html: string;
  /** VS Code's metadata: JSON with the language as `mode`. */
  readonly editor: string;
}

/** Patterns of lines that are rarely prose. */
const codeLine = new RegExp(
  [
    String.raw`[;{}]\s*(?://.*|/\*.*|#.*)?$`,
    String.raw`^\s*[)}\]]+[;,)]*\s*$`,
    String.raw`[\])\w]\s*=>|->\s*\w|::|\|\||&&|[=!]==?\s`,
    String.raw`^\s*(?://|/\*|\*/|#!|#include\b|@\w+\(?.*\)?$)`,
    String.raw`^\s*(?:const|let|var|export|import|from|def|class|fn|func|function|return|public|private|static|if|elif|else|for|while|try|except|with|use|using|package|struct|enum|interface|type)\b.*[({\[:;='"<]`,
    String.raw`^\s*[\w.$\[\]]+(?:\s*:\s*\w+)?\s*[-+*/|]?=[^=]`,
    String.raw`^\s*"[^"]+"\s*:\s*.+,?$`,
    String.raw`^\s*</?[a-zA-Z][^>]*>`,
    String.raw`^\s*[\w.$]+\(.*\)[;,]?$`,
    String.raw`^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|FROM|WHERE|JOIN|GROUP BY|ORDER BY)\b`,
  ].join('|'),
);
const fixedWidth = /<pre\b|white-space:\s*pre|font-family:[^;"]*(?:mono|consolas|menlo|courier)/i;
const proseModes = ['plaintext', 'markdown', 'html-eex', ''];

/**
 * Returns the language if a text is code, which may be `''` if it is unknown, or `undefined` if it is not code. One
 * line is never code.
 */
export function codeLanguage({
  text,
  html,
  editor,
}: Pick<Pasted, 'text' | 'html' | 'editor'>): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2 || /^ {0,3}(?:```|~~~)/m.test(text)) return undefined;
  const mode = modeOf(editor);
  if (mode !== undefined) return proseModes.includes(mode) ? undefined : mode;
  const hits = lines.filter((line) => codeLine.test(line)).length;
  // Monospaced text need only look a little like code.
  return hits >= Math.max(fixedWidth.test(html) ? 1 : 2, lines.length / (fixedWidth.test(html) ? 4 : 2))
    ? ''
    : undefined;
}

/** Returns the language if code was pasted and is not in a code block already. */
export function offeredLanguage(pasted: Pasted, text: string): string | undefined {
  return isInCode(text, pasted.start) ? undefined : codeLanguage(pasted);
}

/** Turns a pasted text that is still in the field into a code block. */
export function formatAsCode(field: HTMLTextAreaElement, { text, start }: Pasted, language: string): void {
  const { value } = field;
  const at = [value.lastIndexOf(text, start), value.indexOf(text, start)].find((index) => index >= 0);
  if (at === undefined) return;
  const end = at + text.length;
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const before = /(?:^|\n)$/.test(value.slice(0, at)) ? '' : '\n';
  const after = /^(?:\n|$)/.test(value.slice(end)) ? '' : '\n';
  const code = text.replace(/^(?:[^\S\n]*\n)+|\s+$/g, '');
  replaceRange(field, at, end, `${before}${fence}${language}\n${code}\n${fence}${after}`);
}

function modeOf(editor: string): string | undefined {
  try {
    const { mode } = JSON.parse(editor) as { mode?: unknown };
    return typeof mode === 'string' && /^[\w+#-]*$/.test(mode) ? mode : '';
  } catch {
    return undefined;
  }
}
