/** Plans the changes of a table's indexes, constraints and sequences. */
import type { MigrationDraft } from './migration-draft.ts';
import { changedColumnsPart, changedSequence } from './migration-text.ts';
import type { IndexDef, SequenceDef, TableDef } from './module-def.ts';

export function planIndexes(draft: MigrationDraft, table: string, before: TableDef, after: TableDef): void {
  const { removed, added, kept } = compareByName(before.indexes, after.indexes);
  const remove = (index: IndexDef): void =>
    draft.step(
      'RemoveIndex',
      index.name,
      `Dropping index \`${index.name}\` on table \`${table}\``,
      changedColumnsPart('removed', 'index', table, before, index),
    );
  const add = (index: IndexDef): void =>
    draft.step(
      'AddIndex',
      index.name,
      `Creating index \`${index.name}\` on table \`${table}\``,
      changedColumnsPart('created', 'index', table, after, index),
    );
  removed.forEach(remove);
  added.forEach(add);
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
      remove(old);
      add(current);
    } else if (old.sourceName !== current.sourceName) {
      const change = `from \`${old.sourceName}\` to \`${current.sourceName}\``;
      draft.step(
        'ChangeIndexSourceName',
        name,
        `Changing index source name for \`${name}\` on table \`${table}\` ${change}`,
        changedColumnsPart('changed', 'index', table, after, current),
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
  for (const constraint of removed) {
    draft.step(
      'RemoveConstraint',
      constraint.name,
      `Dropping constraint \`${constraint.name}\` on table \`${table}\``,
      changedColumnsPart('removed', 'unique constraint', table, before, constraint),
    );
  }
  for (const constraint of added) {
    draft.step(
      'AddConstraint',
      constraint.name,
      `Adding constraint \`${constraint.name}\` on table \`${table}\``,
      changedColumnsPart('created', 'unique constraint', table, after, constraint),
    );
  }
  for (const [old, current] of kept) {
    if (isSameList(old.columns, current.columns)) continue;
    draft.reasons.push(`Changing a unique constraint ${old.name} requires a manual migration`);
  }
}

export function planSequences(draft: MigrationDraft, table: string, before: TableDef, after: TableDef): void {
  const { removed, added, kept } = compareByName(before.sequences, after.sequences);
  const changed = kept.filter(([old, current]) => !isSameSequence(old, current));
  for (const sequence of [...removed, ...changed.map(([old]) => old)]) {
    const { name } = sequence;
    draft.step(
      'RemoveSequence',
      name,
      `Dropping sequence \`${name}\` from table \`${table}\``,
      changedSequence('removed', table, before, sequence),
    );
  }
  for (const sequence of [...added, ...changed.map(([, current]) => current)]) {
    const { name } = sequence;
    draft.step(
      'AddSequence',
      name,
      `Adding sequence \`${name}\` to table \`${table}\``,
      changedSequence('created', table, after, sequence),
    );
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
