import type { AlgebraicType } from 'spacetimedb';
import { compareStrings } from '../sats/compare.ts';
import { identifierProblem } from './identifier.ts';
import type { Typespace } from '../sats/typespace.ts';
import type { ModuleDef } from './module-def.ts';
import { section, type RawModuleDefV10 } from './raw-module-def.ts';
import { TypeUseError, TypeUses } from './type-use.ts';

/** Finds problems with named types, and with types in places where they are not allowed. */
export function typeProblems(raw: RawModuleDefV10, def: ModuleDef): string[] {
  const problems: string[] = [];
  const uses = new TypeUses(
    def.sourceTypespace,
    def.types.map(({ typeRef }) => typeRef),
  );
  const checkUse = (type: AlgebraicType, item: string): void => {
    try {
      uses.read(type);
    } catch (error) {
      if (!(error instanceof TypeUseError)) throw error;
      problems.push(`${item} uses ${error.message}.`);
    }
  };
  const checkName = (name: string, item: string): void => {
    const problem = identifierProblem(name);
    if (problem) problems.push(`${item} ${problem}.`);
  };

  const seen = new Set<string>();
  def.types.forEach(({ name, scope, typeRef }, i) => {
    const fullName = [...scope, name].join('.');
    const item = `Type \`${fullName}\``;
    for (const part of [...scope, name]) checkName(part, `The type name \`${fullName}\``);
    if (seen.has(fullName)) problems.push(`The name \`${fullName}\` is used for more than one type.`);
    seen.add(fullName);

    const type = def.sourceTypespace.types[typeRef];
    const members = type && membersOf(type);
    if (!members) {
      problems.push(`${item} is neither a product nor a sum.`);
      return;
    }
    members.forEach(({ name: member, algebraicType }, position) => {
      if (member === undefined) problems.push(`${item} has a field without a name at position ${position}.`);
      else checkName(member, `The name \`${member}\` in type \`${fullName}\``);
      checkUse(algebraicType, `\`${member ?? position}\` of type \`${fullName}\``);
    });
    const isFreelyOrdered = section(raw, 'Types')?.[i]?.customOrdering;
    const canonical = def.typespace.types[typeRef];
    if (!isFreelyOrdered && canonical && !isInDefaultOrder(membersOf(canonical) ?? [])) {
      problems.push(
        `${item} does not have its fields in alphabetical order, and does not declare a custom order.`,
      );
    }
  });

  for (const { sourceName, columns } of [...def.tables, ...def.views]) {
    for (const column of columns) {
      const item = `Column \`${column.sourceName}\` of \`${sourceName}\``;
      checkUse(column.type, item);
      if (containsItself(column.type, def.sourceTypespace)) {
        problems.push(`${item} has a type that contains itself: SpacetimeDB has no recursive columns.`);
      }
    }
  }
  for (const { sourceName, params } of [...def.reducers, ...def.procedures, ...def.views]) {
    for (const { name, algebraicType } of params.elements) {
      checkUse(algebraicType, `Parameter \`${name}\` of \`${sourceName}\``);
    }
  }
  for (const { sourceName, returnType } of def.procedures) {
    checkUse(returnType, `The return value of procedure \`${sourceName}\``);
  }
  return problems;
}

/** Does a type lead back to itself through its members? */
function containsItself(type: AlgebraicType, { types }: Typespace, within: readonly number[] = []): boolean {
  if (type.tag === 'Ref') {
    if (within.includes(type.value)) return true;
    const target = types[type.value];
    return target !== undefined && containsItself(target, { types }, [...within, type.value]);
  }
  if (type.tag === 'Array') return containsItself(type.value, { types }, within);
  return (membersOf(type) ?? []).some((member) => containsItself(member.algebraicType, { types }, within));
}

type Member = { readonly name: string | undefined; readonly algebraicType: AlgebraicType };

function membersOf(type: AlgebraicType): readonly Member[] | undefined {
  if (type.tag === 'Product') return type.value.elements;
  return type.tag === 'Sum' ? type.value.variants : undefined;
}

/** Members without names first, then by name (`crates/lib/src/db/default_element_ordering.rs`). */
function isInDefaultOrder(members: readonly Member[]): boolean {
  return members.every(({ name }, i) => {
    const before = members[i - 1]?.name;
    return before === undefined || (name !== undefined && compareStrings(before, name) <= 0);
  });
}
