/** Parses the formatting of messages: a part of Markdown, without headings, images, HTML and tables. */
import type { SyntaxNode } from '@lezer/common';
import {
  parser as markdown,
  Strikethrough,
  type BlockContext,
  type InlineContext,
  type Line,
} from '@lezer/markdown';
import { masked } from './dialect.ts';
import { linkTarget, type LinkTarget } from './link-target.ts';
import type { Mention } from './mentions.ts';
import { textOf } from './plain-text.ts';

export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'strong' | 'em' | 'del'; readonly children: readonly Inline[] }
  | { readonly type: 'link'; readonly target: LinkTarget; readonly children: readonly Inline[] };

export type Block =
  | { readonly type: 'text'; readonly children: readonly Inline[] }
  | { readonly type: 'quote'; readonly children: readonly Block[] }
  /** `start` is the first number of an ordered list. */
  | {
      readonly type: 'list';
      readonly start: number | undefined;
      readonly items: readonly (readonly Block[])[];
    }
  | { readonly type: 'code'; readonly language: string; readonly text: string };

/** Longer texts are not parsed. */
const MAX_LENGTH = 8_000;
/** Texts with deeper quotes and lists, or formatting inside formatting, are not formatted. */
const MAX_DEPTH = 8;
/** Texts with more paragraphs, list items and other blocks are not formatted. */
const MAX_BLOCKS = 400;
/** In a paragraph, further delimiters are plain text, because pairing them takes quadratic time. */
const MAX_DELIMITERS = 300;

const tooDeepLine = new RegExp(
  String.raw`^(?:[ \t]*(?:>|[-*](?=[ \t])|\d{1,9}\.(?=[ \t]))){${MAX_DEPTH + 1}}`,
  'm',
);

/**
 * Whether a line lacks the mark of the quote or the indentation of the list above it. It is then a reply to them,
 * although Markdown would continue them.
 */
function isUnmarked(context: BlockContext, line: Line): boolean {
  let quotes = 0;
  for (let depth = 0; depth < context.depth; depth++)
    if (context.parentType(depth).name === 'Blockquote') quotes++;
  return (
    line.markers.length < quotes || (context.parentType().name === 'ListItem' && !/^[ \t>]/.test(line.text))
  );
}

/** The paragraph whose delimiters are being counted. */
let counted: InlineContext | undefined;
let delimiters = 0;

const parser = markdown.configure([
  Strikethrough,
  {
    remove: [
      'ATXHeading',
      'Autolink',
      'Entity',
      'HorizontalRule',
      'HTMLBlock',
      'HTMLTag',
      'IndentedCode',
      'LinkReference',
      'SetextHeading',
    ],
    parseBlock: [{ name: 'EndAtUnmarkedLine', endLeaf: isUnmarked }],
    parseInline: [
      {
        name: 'LimitDelimiters',
        before: 'Escape',
        parse(context, next) {
          if (context !== counted) [counted, delimiters] = [context, 0];
          if (!'*_~`[]!'.includes(String.fromCharCode(next)) || ++delimiters <= MAX_DELIMITERS) return -1;
          return context.end;
        },
      },
    ],
  },
]);

/** The text has too many or too deep nodes. */
class TooMuch extends Error {}

/**
 * Parses a message.
 *
 * @param mentions names that are not formatted even if they contain delimiters
 * @returns undefined if there is nothing to format, or too much
 */
export function parse(text: string, mentions: readonly Mention[] = []): readonly Block[] | undefined {
  if (text.length > MAX_LENGTH || tooDeepLine.test(text)) return undefined;
  try {
    const blocks = new Reader(text).blocks(parser.parse(masked(text, mentions)).topNode);
    return isPlain(blocks, text) ? undefined : blocks;
  } catch {
    // Whatever the error is, the message can be read as typed, and must not break other messages.
    return undefined;
  } finally {
    counted = undefined;
  }
}

/** Formatting always removes its delimiters, so a text that has lost nothing has none. */
const isPlain = ([first]: readonly Block[], text: string): boolean =>
  first === undefined || (first.type === 'text' && textOf(first.children).trim() === text.trim());

/** Escapes are hidden only where they have a purpose: `\\server\share` stays as typed. */
const purposefulEscape = /^\\[*_`~[\]>.-]$/;

/** Turns the syntax tree into blocks. All texts come from the message, as the tree has only positions. */
class Reader {
  readonly #text: string;
  #blocks = 0;
  /** How many quotes and lists are around the current block. */
  #depth = 0;
  /** How many formats are around the current text. */
  #inlineDepth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  blocks(parent: SyntaxNode): Block[] {
    const blocks: Block[] = [];
    /** The text before, which the next paragraph continues. */
    let open: { children: Inline[]; end: number } | undefined;
    for (let node = parent.firstChild; node; node = node.nextSibling) {
      if (node.name === 'QuoteMark' || node.name === 'ListMark') continue;
      if (++this.#blocks > MAX_BLOCKS) throw new TooMuch();
      const block = this.#block(node);
      if (block) {
        blocks.push(block);
        open = undefined;
        continue;
      }
      const from = this.#depth === 0 ? spaceBefore(this.#text, node.from) : node.from;
      const children =
        node.name === 'Paragraph' ? this.#inline(node, from, node.to) : [this.#typed(from, node.to)];
      if (open) {
        add(open.children, this.#gap(open.end, from));
        for (const child of children) add(open.children, child);
        open.end = node.to;
      } else {
        open = { children, end: node.to };
        blocks.push({ type: 'text', children });
      }
    }
    return blocks;
  }

  /** Returns undefined for nodes that are shown as typed. */
  #block(node: SyntaxNode): Block | undefined {
    switch (node.name) {
      case 'Blockquote': {
        const children = this.#contained(node);
        return children.length > 0 ? { type: 'quote', children } : undefined;
      }
      case 'BulletList':
      case 'OrderedList': {
        const items = node.getChildren('ListItem').map((item) => this.#contained(item));
        if (items.every((item) => item.length === 0)) return undefined;
        return { type: 'list', start: this.#firstNumber(node), items };
      }
      case 'FencedCode': {
        const lines = node.getChildren('CodeText').map(({ from, to }) => this.#text.slice(from, to));
        const text = lines.join('').replace(/\r?\n$|\r$/, '');
        if (text.trim() === '') return undefined;
        const info = node.getChild('CodeInfo');
        const [language = ''] = info ? this.#text.slice(info.from, info.to).split(/\s/) : [];
        return { type: 'code', language: language.toLowerCase(), text };
      }
      default:
        return undefined;
    }
  }

  /** Reads the content of a quote or a list item. */
  #contained(node: SyntaxNode): Block[] {
    if (++this.#depth > MAX_DEPTH) throw new TooMuch();
    const blocks = this.blocks(node);
    this.#depth--;
    return blocks;
  }

  #firstNumber(list: SyntaxNode): number | undefined {
    const mark = list.name === 'OrderedList' ? list.getChild('ListItem')?.getChild('ListMark') : null;
    return mark ? Number.parseInt(this.#text.slice(mark.from, mark.to)) : undefined;
  }

  #inline(parent: SyntaxNode, from: number, to: number): Inline[] {
    if (++this.#inlineDepth > MAX_DEPTH) throw new TooMuch();
    const nodes: Inline[] = [];
    let at = from;
    for (let node = parent.firstChild; node && node.from < to; node = node.nextSibling) {
      if (node.to <= from) continue;
      add(nodes, this.#typed(at, node.from));
      at = node.to;
      if (node.name !== 'QuoteMark') for (const found of this.#formatted(node)) add(nodes, found);
      const startsLine = node.name === 'QuoteMark' || node.name === 'HardBreak';
      if (startsLine && this.#depth > 0) at = Math.min(to, spaceAfter(this.#text, at));
    }
    add(nodes, this.#typed(at, to));
    this.#inlineDepth--;
    return nodes;
  }

  #formatted(node: SyntaxNode): Inline[] {
    switch (node.name) {
      case 'Emphasis':
        return [{ type: 'em', children: this.#inside(node) }];
      case 'StrongEmphasis':
        return [{ type: 'strong', children: this.#inside(node) }];
      case 'Strikethrough':
        return [{ type: 'del', children: this.#inside(node) }];
      case 'InlineCode':
        return [{ type: 'code', text: textOf(this.#inside(node)).replace(/^ (.*[^ ].*) $/s, '$1') }];
      case 'Escape': {
        const typed = this.#text.slice(node.from, node.to);
        return [{ type: 'text', text: purposefulEscape.test(typed) ? typed.slice(1) : typed }];
      }
      case 'Link':
        return this.#link(node);
      default:
        return [this.#typed(node.from, node.to)];
    }
  }

  /** Reads the content between the first and the last mark of a node. */
  #inside(node: SyntaxNode): Inline[] {
    return this.#inline(node, node.firstChild?.to ?? node.from, node.lastChild?.from ?? node.to);
  }

  #link(node: SyntaxNode): Inline[] {
    const [open, close] = node.getChildren('LinkMark');
    const url = node.getChild('URL');
    if (open && close && url && !node.getChild('LinkTitle')) {
      const children = this.#inline(node, open.to, close.from);
      const label = textOf(children);
      const target = linkTarget(label, this.#text.slice(url.from, url.to));
      if (target && label.trim() !== '') return [{ type: 'link', target, children }];
    }
    // References, and links that lead elsewhere: the brackets are text.
    return this.#inline(node, node.from, node.to);
  }

  /** Returns text as typed. In quotes and lists, the indentation of its lines is not part of it. */
  #typed(from: number, to: number): Inline {
    const text = this.#text.slice(from, to);
    return { type: 'text', text: this.#depth === 0 ? text : text.replace(/\n[ \t]+/g, '\n') };
  }

  /** Returns the blank lines between two paragraphs, without the marks of the quotes around them. */
  #gap(from: number, to: number): Inline {
    const text = this.#text.slice(from, to);
    return { type: 'text', text: this.#depth === 0 ? text : text.replace(/[^\n]+/g, '') };
  }
}

function spaceBefore(text: string, position: number): number {
  let at = position;
  while (/[ \t]/.test(text.charAt(at - 1))) at--;
  return at;
}

function spaceAfter(text: string, position: number): number {
  let at = position;
  while (/[ \t]/.test(text.charAt(at))) at++;
  return at;
}

/** Appends a node. Adjacent texts are merged, so that addresses are found as a whole. */
function add(nodes: Inline[], node: Inline): void {
  const last = nodes.at(-1);
  if (node.type !== 'text') nodes.push(node);
  else if (last?.type === 'text') nodes[nodes.length - 1] = { type: 'text', text: last.text + node.text };
  else if (node.text !== '') nodes.push(node);
}
