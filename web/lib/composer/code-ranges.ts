/** Where Markdown has code, so that nothing is completed there. */

const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/**
 * Whether `index` is inside a fenced code block or inline code. While someone types, code may not have been closed: a
 * fence then reaches to the end of the text, and a backtick to the end of its line.
 */
export function isInCode(text: string, index: number): boolean {
  let opened: string | undefined;
  /** The start of the paragraph that contains `index`. */
  let paragraph = 0;
  let at = 0;
  for (const line of text.slice(0, index).split('\n')) {
    const [, mark = '', info = ''] = fence.exec(line) ?? [];
    const closes = opened !== undefined && mark.startsWith(opened) && info.trim() === '';
    if (closes) opened = undefined;
    // A backtick after the mark makes it inline code.
    else if (mark !== '' && !(mark.startsWith('`') && info.includes('`'))) opened ??= mark;
    at += line.length + 1;
    if (closes || line.trim() === '') paragraph = at;
  }
  return opened !== undefined || isInInlineCode(text.slice(paragraph), index - paragraph);
}

function isInInlineCode(text: string, index: number): boolean {
  const end = text.search(/\n[^\S\n]*\n/);
  const runs = [...text.slice(0, end < 0 ? undefined : end).matchAll(/`+/g)];
  for (let first = 0; first < runs.length; first++) {
    const opening = runs[first];
    if (!opening || opening.index >= index) return false;
    const closing = runs.findIndex(([run], other) => other > first && run.length === opening[0].length);
    const closed = runs[closing];
    // Without an end, it is code only until the end of the line, where it may still be typed.
    if (!closed) {
      if (!text.slice(opening.index, index).includes('\n')) return true;
      continue;
    }
    if (closed.index >= index) return true;
    first = closing;
  }
  return false;
}
