import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { problems } from './testing/module-problems.ts';
import { product, RawModuleBuilder, sum } from './testing/raw-module-builder.ts';

const { U16, U32, U64 } = AlgebraicType;

describe('types', () => {
  it('validation refuses a reference to a missing type', () => {
    const module = new RawModuleBuilder();
    module.type('Invalid', product({ a: { tag: 'Ref', value: 31 } }));
    expect(problems(module)).toEqual(['Type 0 of the typespace refers to type 31, which does not exist.']);
  });

  it('validation refuses circular references', () => {
    const module = new RawModuleBuilder();
    module.anonymousType({ tag: 'Ref', value: 1 });
    module.anonymousType({ tag: 'Ref', value: 0 });
    expect(problems(module)).toContain('Type 0 of the typespace refers only to itself.');
  });

  it('validation refuses a product or sum without a name wherever it is used', () => {
    const nameless = product({ b: U32 });
    const module = new RawModuleBuilder();
    module.type('Outer', product({ a: nameless }));
    module
      .table('t', { a: nameless })
      .reducer('r', { p: { tag: 'Array', value: nameless } })
      .procedure('q', {}, sum({ x: U32 }));
    expect(problems(module)).toEqual([
      '`a` of type `Outer` uses a product type that has no name.',
      '`a` of type `T` uses a product type that has no name.',
      'Column `a` of `t` uses a product type that has no name.',
      'Parameter `p` of `r` uses a product type that has no name.',
      'The return value of procedure `q` uses a sum type that has no name.',
    ]);
  });

  it('validation refuses a repeated type name, a named primitive and an invalid field name', () => {
    const module = new RawModuleBuilder();
    module.type('scope.Twice', product({ a: U32 }));
    module.type('Scope.twice', product({ a: U32 }));
    module.type('Number', U32);
    module.type('Odd', product({ 'a b': U32 }));
    expect(problems(module)).toEqual([
      'The name `Scope.Twice` is used for more than one type.',
      'Type `Number` is neither a product nor a sum.',
      'The name `a b` in type `Odd` may hold only letters, digits and underscores.',
    ]);
  });

  it('validation refuses unsorted fields, unless the type has a custom order', () => {
    const module = new RawModuleBuilder();
    module.type('Free', product({ b: U16, a: U64 }), true);
    module.type('Sorted', product({ a: U16, b: U64 }), false);
    expect(problems(module)).toEqual([]);
    module.type('Unsorted', product({ b: U16, a: U64 }), false);
    expect(problems(module)).toEqual([
      'Type `Unsorted` does not have its fields in alphabetical order, and does not declare a custom order.',
    ]);
  });
});
