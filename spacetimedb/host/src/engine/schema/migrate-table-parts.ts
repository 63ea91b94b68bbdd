/** Plans the changes of a table's indexes, constraints and sequences. */
import type { MigrationDraft } from './migration-draft.ts';
import type { SequenceDef, TableDef } from './module-def.ts';

export function planIndexes(draft: MigrationDraft, table: string, before: TableDef, after: TableDef): void {
  const { removed, added, kept } = compareByName(before.indexes, after.indexes);
  const remove = (name: string): void =>
    draft.step('RemoveIndex', name, `Dropping index \`${name}\` on table \`${table}\``);
  const add = (name: string): void =>
    draft.step('AddIndex', name, `Creating index \`${name}\` on table \`${table}\``);
  for (const { name } of removed) remove(name);
  for (const { name } of added) add(name);
  for (const [old, current] of kept) {
    const { name } = current;
    if (old.accessorName !== current.accessorName) {
      const [from, to] = [old, current].map(({ accessorName }) =>
        accessorName === undefined ? 'None' : `Some(${JSON.stringify(accessorName)})`,
      );
      draft.reasons.push(
        `Changing the accessor name on index ${name} from ${from} to ${to} requires a manual migration`,
      );
    } else if (old.algorithm !== current.algorithm || !isSameList(old.columns, current.columns)) {
      remove(name);
      add(name);
    } else if (old.sourceName !== current.sourceName) {
      const change = `from \`${old.sourceName}\` to \`${current.sourceName}\``;
      draft.step(
        'ChangeIndexSourceName',
        name,
        `Changing index source name for \`${name}\` on table \`${table}\` ${change}`,
      );
    }
  }
}

export function planConstraints(
  draft: MigrationDraft,
  table: string,
  before: TableDef,
  after: TableDef,
): void {
  const { removed, added, kept } = compareByName(before.uniqueConstraints, after.uniqueConstraints);
  for (const { name } of removed) {
    draft.step('RemoveConstraint', name, `Dropping constraint \`${name}\` on table \`${table}\``);
  }
  for (const { name } of added) {
    draft.step('AddConstraint', name, `Adding constraint \`${name}\` on table \`${table}\``);
  }
  for (const [old, current] of kept) {
    if (isSameList(old.columns, current.columns)) continue;
    draft.reasons.push(`Changing a unique constraint ${old.name} requires a manual migration`);
  }
}

export function planSequences(draft: MigrationDraft, table: string, before: TableDef, after: TableDef): void {
  const { removed, added, kept } = compareByName(before.sequences, after.sequences);
  const changed = kept.filter(([old, current]) => !isSameSequence(old, current));
  for (const { name } of [...removed, ...changed.map(([old]) => old)]) {
    draft.step('RemoveSequence', name, `Dropping sequence \`${name}\` from table \`${table}\``);
  }
  for (const sequence of [...added, ...changed.map(([, current]) => current)]) {
    const { name } = sequence;
    draft.step('AddSequence', name, `Adding sequence \`${name}\` to table \`${table}\``);
    draft.sequenceChecks.push({ table, sequence });
  }
}

function isSameSequence(a: SequenceDef, b: SequenceDef): boolean {
  return (
    a.column === b.column &&
    a.start === b.start &&
    a.min === b.min &&
    a.max === b.max &&
    a.increment === b.increment
  );
}

interface Comparison<T> {
  readonly removed: readonly T[];
  readonly added: readonly T[];
  readonly kept: readonly (readonly [old: T, current: T])[];
}

function compareByName<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
): Comparison<T> {
  const old = new Map(before.map((item) => [item.name, item]));
  const names = new Set(after.map(({ name }) => name));
  return {
    removed: before.filter(({ name }) => !names.has(name)),
    added: after.filter(({ name }) => !old.has(name)),
    kept: after.flatMap((current) => {
      const previous = old.get(current.name);
      return previous ? [[previous, current] as const] : [];
    }),
  };
}

function isSameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
