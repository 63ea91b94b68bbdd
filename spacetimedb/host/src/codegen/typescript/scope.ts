/** The types and symbols for generating one module's files. */
import type { AlgebraicType } from 'spacetimedb';
import { compareStrings } from '../../engine/sats/compare.ts';
import { toCase } from '../../engine/schema/case-conversion.ts';
import type { ModuleDef, NamedTypeDef } from '../../engine/schema/module-def.ts';
import { TypeUses, type TypeUse } from '../../engine/schema/type-use.ts';

export interface Field {
  readonly name: string;
  readonly use: TypeUse;
}

export type TypeDefinition =
  | { readonly kind: 'product'; readonly fields: readonly Field[] }
  | { readonly kind: 'sum'; readonly variants: readonly Field[] };

export class TypeScope {
  readonly #def: ModuleDef;
  readonly #uses: TypeUses;
  readonly #symbols: ReadonlyMap<number, string>;

  constructor(def: ModuleDef) {
    this.#def = def;
    this.#symbols = new Map(def.types.map((type) => [type.typeRef, typeSymbol(type)]));
    this.#uses = new TypeUses(def.sourceTypespace, this.#symbols.keys());
  }

  /** The symbol of a named type. */
  symbol(typeRef: number): string {
    const symbol = this.#symbols.get(typeRef);
    if (symbol === undefined) throw new TypeError(`type ${typeRef} has no name`);
    return symbol;
  }

  use(type: AlgebraicType): TypeUse {
    return this.#uses.read(type);
  }

  /** Converts named members: a product's elements, a sum's variants, or parameters. */
  fields(members: readonly { name: string | undefined; algebraicType: AlgebraicType }[]): Field[] {
    return members.map(({ name = '', algebraicType }) => ({ name, use: this.use(algebraicType) }));
  }

  /** The definition of the type at `typeRef`, with source names. */
  definition(typeRef: number): TypeDefinition {
    const type = this.#def.sourceTypespace.types[typeRef];
    if (type?.tag === 'Product') return { kind: 'product', fields: this.fields(type.value.elements) };
    if (type?.tag === 'Sum') return { kind: 'sum', variants: this.fields(type.value.variants) };
    throw new TypeError(`type ${typeRef} is neither a product nor a sum`);
  }

  /** The fields of the row type at `typeRef`. */
  rowFields(typeRef: number): readonly Field[] {
    const definition = this.definition(typeRef);
    if (definition.kind !== 'product') throw new TypeError(`type ${typeRef} is not a product`);
    return definition.fields;
  }
}

export function typeSymbol({ scope, name }: NamedTypeDef): string {
  return [...scope, name].map((part) => toCase(part, 'pascal')).join('');
}

/** Sorts items by a name, in the order of its UTF-8 bytes. */
export function sortedBy<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => compareStrings(nameOf(a), nameOf(b)));
}
