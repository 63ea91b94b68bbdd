/** The nested objects by which client code reaches what belongs to submodules. */
import type { CodeWriter } from './code-writer.ts';
import { sortedBy } from './scope.ts';

interface Node {
  readonly entries: string[];
  readonly children: Map<string, Node>;
}

export interface NamespacedEntry {
  readonly namespace: readonly string[];
  /** The entry as it is written, e.g. `user: __qb["lib.user"],`. */
  readonly line: string;
}

/** Writes each entry within the objects of its namespace; the objects are in the order of their names. */
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
