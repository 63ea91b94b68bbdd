import type { AlgebraicType } from 'spacetimedb';
import type { Typespace } from '../sats/typespace.ts';

/**
 * Replaces references by their targets, so that types of two modules can be compared. A reference inside its own
 * target, as in a recursive type, stays.
 */
export function inlineRefs(type: AlgebraicType, typespace: Typespace): AlgebraicType {
  return inline(type, typespace, []);
}

function inline(type: AlgebraicType, typespace: Typespace, within: readonly number[]): AlgebraicType {
  switch (type.tag) {
    case 'Ref': {
      const target = typespace.types[type.value];
      if (!target || within.includes(type.value)) return type;
      return inline(target, typespace, [...within, type.value]);
    }
    case 'Array':
      return { tag: 'Array', value: inline(type.value, typespace, within) };
    case 'Product':
      return { tag: 'Product', value: { elements: inlineMembers(type.value.elements, typespace, within) } };
    case 'Sum':
      return { tag: 'Sum', value: { variants: inlineMembers(type.value.variants, typespace, within) } };
    default:
      return type;
  }
}

function inlineMembers(
  members: readonly { name: string | undefined; algebraicType: AlgebraicType }[],
  typespace: Typespace,
  within: readonly number[],
): { name: string | undefined; algebraicType: AlgebraicType }[] {
  return members.map(({ name, algebraicType }) => ({
    name,
    algebraicType: inline(algebraicType, typespace, within),
  }));
}
