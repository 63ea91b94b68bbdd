import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { blocksOf, documentation, readme, type Documented, type Example } from './collect.ts';

/** An example as a module in a test folder. */
export interface Prepared extends Example {
  readonly file: string;
}

/** The examples of the documentation in the sources and of the README, as files. */
export interface Examples {
  readonly documented: readonly Documented[];
  readonly prepared: readonly Prepared[];
  readonly remove: () => void;
}

/**
 * Writes the examples to files, so that they can be compiled and imported. A block that starts with a file name, such
 * as `// connection.ts`, gets that name, so that other blocks can import it.
 */
export function prepareExamples(): Examples {
  const documented = documentation();
  const folder = mkdtempSync(path.join(import.meta.dirname, '.files-'));
  writeFileSync(path.join(folder, 'module_bindings.ts'), `export * from '../../module_bindings/index.ts';\n`);
  const blocks = blocksOf('README', readme);
  const examples = documented.flatMap(({ entry, examples }) =>
    examples.map((example) => ({ ...example, code: withContext(example, entry.specifier, documented) })),
  );
  const prepared = [...blocks, ...examples].map((example, index) => {
    const [, named] = /^(?:\/\/|<!--) ([\w-]+\.\w+)/.exec(example.code) ?? [];
    const file = path.join(
      folder,
      named ?? `${index}-${example.name.replaceAll(' ', '-')}.${example.language}`,
    );
    writeFileSync(
      file,
      example.language === 'svelte' ? withEveryRune(example.code) : `${example.code}\nexport {};\n`,
    );
    return { ...example, file };
  });
  return { documented, prepared, remove: () => rmSync(folder, { recursive: true }) };
}

/**
 * The names that an `@example` can use without declaring them: `connection`, the bindings, and the exports of its
 * entry.
 */
function withContext(
  { language, code }: Example,
  specifier: string,
  documented: readonly Documented[],
): string {
  const [script, before, body, after] = /^(.*?<script[^>]*>\n)(.*?)(<\/script>.*)$/s.exec(code) ?? [];
  if (language === 'svelte' && script === undefined) return code;
  const text = body ?? code;
  const { used, declared } = namesIn(text);
  const isMissing = (name: string): boolean => used.has(name) && !declared.has(name);
  const lines: string[] = [];
  const needsConnection = isMissing('connection');
  if (needsConnection) {
    lines.push(
      `import { connect as connectForExample } from 'spacetimedb-stores';`,
      `import { DbConnection as DbConnectionForExample } from './module_bindings';`,
    );
  }
  for (const name of ['DbConnection', 'tables'])
    if (isMissing(name)) lines.push(`import { ${name} } from './module_bindings';`);
  for (const { entry, name, isValue } of documented)
    if (entry.specifier === specifier && isMissing(name))
      lines.push(`import { ${isValue ? '' : 'type '}${name} } from '${specifier}';`);
  if (needsConnection) {
    lines.push(
      `${language === 'ts' ? 'export ' : ''}const connection = connectForExample(() =>`,
      `  DbConnectionForExample.builder().withUri('http://localhost:3000').withDatabaseName('my-database'),`,
      `);`,
    );
  }
  return `${before ?? ''}${lines.map((line) => `${line}\n`).join('')}${text}${after ?? ''}`;
}

function namesIn(code: string): { used: Set<string>; declared: Set<string> } {
  const used = new Set<string>();
  const declared = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text);
    ts.forEachChild(node, look);
  };
  const source = ts.createSourceFile('example.tsx', code, ts.ScriptTarget.Latest);
  look(source);
  const bind = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) declared.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) bind(element.name);
  };
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const bindings = statement.importClause?.namedBindings;
      if (bindings && ts.isNamedImports(bindings))
        for (const { name } of bindings.elements) declared.add(name.text);
    } else if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) bind(name);
    } else if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name) {
      declared.add(statement.name.text);
    }
  }
  return { used, declared };
}

/**
 * All runes that any component may use (`$host` is for custom elements). A store in a variable such as `state` would
 * break them. An event reports that they work.
 */
const RUNES = `
  let everyState = $state(1);
  let everyRaw = $state.raw({ count: 1 });
  const everySnapshot = $derived($state.snapshot(everyRaw).count);
  const everyDerived = $derived.by(() => everyState + everySnapshot);
  const everyId = $props.id();
  $effect.pre(() => { everyRaw = { count: 10 }; });
  $effect(() => { if ($effect.tracking() && everyId) everyState = 5; });
  $effect.root(() => {
    $effect(() => void document.dispatchEvent(new CustomEvent('runes', { detail: everyDerived })));
  });
  $inspect(everyState).with(() => undefined);
`;
const PROPS = '  let { everyBound = $bindable(1), ...everyOther } = $props();\n';

/** The component with every rune added to its code. */
export function withEveryRune(code: string): string {
  const runes = code.includes('$props()') ? RUNES : RUNES + PROPS;
  return code.includes('</script>')
    ? code.replace('</script>', `${runes}</script>`)
    : `<script>${runes}</script>\n${code}`;
}
