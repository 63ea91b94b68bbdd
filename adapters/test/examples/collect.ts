import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const PACKAGE = path.resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')) as {
  name: string;
  exports: Record<string, { source: string }>;
};

/** An entry of the package: its import specifier and its file. */
export interface Entry {
  readonly specifier: string;
  readonly file: string;
}

export const entries: readonly Entry[] = Object.entries(manifest.exports).map(([name, { source }]) => ({
  specifier: path.posix.join(manifest.name, name),
  file: path.join(PACKAGE, source),
}));

export type Language = 'ts' | 'tsx' | 'svelte';

/** A code block of the README or of an `@example`. */
export interface Example {
  /** Its place: `README 2`, or the name of the documented export. */
  readonly name: string;
  readonly language: Language;
  readonly code: string;
}

/** The code blocks of a text in Markdown. */
export function blocksOf(name: string, markdown: string): Example[] {
  return [...markdown.matchAll(/^```(tsx|ts|svelte)\n(.*?)^```/gms)].map(([, language, code], index) => ({
    name: `${name} ${index + 1}`,
    language: language as Language,
    code: code as string,
  }));
}

export const readme = readFileSync(path.join(PACKAGE, 'README.md'), 'utf8');

/** An export of an entry, with its documentation. */
export interface Documented {
  readonly entry: Entry;
  readonly name: string;
  /** Whether it exists at run time. */
  readonly isValue: boolean;
  readonly description: string;
  readonly examples: readonly Example[];
  /** The gaps in its documentation, as texts. */
  readonly gaps: readonly string[];
}

/** All exports of all entries. */
export function documentation(): Documented[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path.join(PACKAGE, 'tsconfig.json'), (file) => ts.sys.readFile(file)).config,
    ts.sys,
    PACKAGE,
  );
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    options,
  );
  const checker = program.getTypeChecker();
  return entries.flatMap((entry) => {
    const source = program.getSourceFile(entry.file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${entry.file} is not a module`);
    return checker.getExportsOfModule(module).map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const tags = symbol.getJsDocTags(checker);
      const examples = tags
        .filter((tag) => tag.name === 'example')
        .flatMap(({ text }) => blocksOf(exported.name, ts.displayPartsToString(text)));
      return {
        entry,
        name: exported.name,
        isValue: (symbol.flags & ts.SymbolFlags.Value) !== 0,
        description: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
        examples,
        gaps: [...gapsOf(exported.name, symbol, checker), ...(examples.length === 0 ? ['@example'] : [])],
      };
    });
  });
}

/** The gaps in the documentation of an export or a member, including nested members. */
function gapsOf(name: string, symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const gaps: string[] = [];
  const [declaration] = symbol.declarations ?? [];
  if (!declaration) throw new Error(`${name} has no declaration`);
  const tags = symbol.getJsDocTags(checker);
  const description = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  if (!/^[`A-Z-]/.test(description)) gaps.push('description');
  const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
  const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
  if (isOptional && /Options/.test(name) && !tags.some((tag) => tag.name === 'default'))
    gaps.push('@default');

  // An option that is a function is described as a whole.
  const isCallable = symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Method);
  if (isCallable) {
    for (const signature of type.getCallSignatures()) {
      const described = new Set(
        tags.filter((tag) => tag.name === 'param').map(({ text }) => text?.[0]?.text ?? ''),
      );
      for (const parameter of signature.parameters) {
        // A destructured parameter has no name in the sources, and may have any name in the documentation.
        const isNamed = !parameter.name.startsWith('__');
        if (isNamed ? !described.has(parameter.name) : described.size < signature.parameters.length)
          gaps.push(`@param ${parameter.name}`);
      }
      const returns = checker.typeToString(signature.getReturnType());
      const isNothing = ['void', 'unknown', 'Promise<void>'].includes(returns);
      if (!isNothing && !tags.some((tag) => tag.name === 'returns')) gaps.push('@returns');
    }
  }
  if (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) {
    for (const member of symbol.members?.values() ?? []) {
      const isClassName = symbol.flags & ts.SymbolFlags.Class && member.name === 'name';
      if (member.flags & (ts.SymbolFlags.TypeParameter | ts.SymbolFlags.Constructor) || isClassName) continue;
      const own = gapsOf(`${name}.${member.name}`, member, checker);
      gaps.push(...own.map((gap) => (gap.includes(' of ') ? gap : `${gap} of ${member.name}`)));
    }
  }
  return [...new Set(gaps)];
}
