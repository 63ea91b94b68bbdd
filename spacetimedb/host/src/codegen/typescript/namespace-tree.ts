/** The nested objects through which client code accesses submodules. */
import type { CodeWriter } from './code-writer.ts';
import { sortedBy } from './scope.ts';

interface Node {
  readonly entries: string[];
  readonly children: Map<string, Node>;
}

export interface NamespacedEntry {
  readonly namespace: readonly string[];
  /** The generated entry, such as `user: __qb["lib.user"],`. */
  readonly line: string;
}

/** Writes each entry inside the objects of its namespace, sorted by name. */
export function writeNamespaceTree(out: CodeWriter, entries: readonly NamespacedEntry[]): void {
  const root: Node = { entries: [], children: new Map() };
  for (const { namespace, line } of entries) {
    let node = root;
    for (const name of namespace) {
      const child = node.children.get(name) ?? { entries: [], children: new Map() };
      node.children.set(name, child);
      node = child;
    }
    node.entries.push(line);
  }
  writeNode(out, root);
}

function writeNode(out: CodeWriter, { entries, children }: Node): void {
  out.lines(entries);
  for (const [name, child] of sortedBy([...children], ([key]) => key)) {
    out.block(`${name}: {`, () => writeNode(out, child), '},');
  }
}
