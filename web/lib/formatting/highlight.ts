/** Colours code. Loaded when the first code block with a language is shown. */
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

export type TokenKind = 'plain' | 'comment' | 'keyword' | 'name' | 'string' | 'number' | 'added' | 'removed';

export interface Token {
  readonly text: string;
  readonly kind: TokenKind;
}

/** Longer code is not coloured. */
const MAX_LENGTH = 10_000;

const lowlight = createLowlight({
  bash,
  cpp,
  csharp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
});

/** The library's classes. Those that are missing are plain. */
const kinds: Readonly<Record<string, TokenKind>> = {
  comment: 'comment',
  quote: 'comment',
  meta: 'comment',
  keyword: 'keyword',
  literal: 'keyword',
  'selector-tag': 'keyword',
  tag: 'keyword',
  built_in: 'name',
  type: 'name',
  title: 'name',
  section: 'name',
  attr: 'name',
  attribute: 'name',
  name: 'name',
  property: 'name',
  'selector-class': 'name',
  'selector-id': 'name',
  string: 'string',
  regexp: 'string',
  symbol: 'string',
  number: 'number',
  addition: 'added',
  deletion: 'removed',
};

type Node = ReturnType<typeof lowlight.highlight>['children'][number];

/**
 * Splits code into coloured parts. Their texts add up to the code.
 *
 * @param language a name or an alias, such as `ts`
 * @returns undefined if the language is unknown or the code is too long
 */
export function highlight(code: string, language: string): Token[] | undefined {
  if (code.length > MAX_LENGTH || !lowlight.registered(language)) return undefined;
  const tokens: Token[] = [];
  const collect = (nodes: readonly Node[], kind: TokenKind): void => {
    for (const node of nodes) {
      if (node.type === 'text') tokens.push({ text: node.value, kind });
      else if (node.type === 'element') collect(node.children, kindOf(node.properties.className) ?? kind);
    }
  };
  collect(lowlight.highlight(language, code).children, 'plain');
  return tokens;
}

function kindOf(className: unknown): TokenKind | undefined {
  const [name] = Array.isArray(className) ? (className as unknown[]) : [];
  return typeof name === 'string' ? kinds[name.replace(/^hljs-/, '')] : undefined;
}
