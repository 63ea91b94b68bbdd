/** Turns the names in a module's source into canonical names. */
import type { AlgebraicType, ProductType, SumType } from 'spacetimedb';
import { specialField } from '../sats/type-shape.ts';
import { toCase } from './case-conversion.ts';
import type { IndexAlgorithm } from './module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import { section, type RawModuleDefV10 } from './raw-module-def.ts';
import { isScheduleAt, optionPayload, resultPayloads } from './special-types.ts';

/**
 * The naming of one module: its case conversion policy, and explicit names, which take precedence. With the policy
 * `SnakeCase` (the default) tables, columns, parameters and functions become snake case, variants camel case and
 * types Pascal case. With `None` names stay unchanged. Source: `crates/schema/src/def/validate/v9.rs`,
 * `CoreValidator`.
 */
export class Names {
  readonly #converts: boolean;
  readonly #tables = new Map<string, string>();
  readonly #functions = new Map<string, string>();
  readonly #indexes = new Map<string, string>();

  constructor(raw: RawModuleDefV10) {
    this.#converts = section(raw, 'CaseConversionPolicy')?.tag !== 'None';
    const explicit = { Table: this.#tables, Function: this.#functions, Index: this.#indexes };
    for (const { tag, value } of section(raw, 'ExplicitNames')?.entries ?? []) {
      explicit[tag].set(value.sourceName, value.canonicalName);
    }
  }

  table(sourceName: string): string {
    return this.#tables.get(sourceName) ?? this.field(sourceName);
  }

  /** Name of a reducer, procedure, view or HTTP handler. */
  function(sourceName: string): string {
    return this.#functions.get(sourceName) ?? this.field(sourceName);
  }

  /** The explicit name of an index; `undefined` if it is derived (`indexName`). */
  explicitIndex(sourceName: string): string | undefined {
    return this.#indexes.get(sourceName);
  }

  /** Name of a column, a field of a type, or a parameter. */
  field(sourceName: string): string {
    return this.#converts ? toCase(sourceName, 'snake') : sourceName;
  }

  variant(sourceName: string): string {
    return this.#converts ? toCase(sourceName, 'camel') : sourceName;
  }

  type(sourceName: string): string {
    return this.#converts ? toCase(sourceName, 'pascal') : sourceName;
  }

  /** The same types at the same positions, with canonical names of fields and variants. */
  typespace(source: Typespace): Typespace {
    return { types: source.types.map((type) => this.#convertType(type)) };
  }

  /** The same parameters with canonical names. Their types stay unchanged. */
  params(source: ProductType): ProductType {
    return {
      elements: source.elements.map(({ name, algebraicType }) => ({
        name: name === undefined ? undefined : this.field(name),
        algebraicType,
      })),
    };
  }

  #convertType(type: AlgebraicType): AlgebraicType {
    switch (type.tag) {
      case 'Product':
        return specialField(type.value) ? type : { tag: 'Product', value: this.#convertProduct(type.value) };
      case 'Sum':
        return optionPayload(type) || resultPayloads(type) || isScheduleAt(type)
          ? type
          : { tag: 'Sum', value: this.#convertSum(type.value) };
      case 'Array':
        return { tag: 'Array', value: this.#convertType(type.value) };
      default:
        return type;
    }
  }

  #convertProduct(product: ProductType): ProductType {
    return {
      elements: product.elements.map(({ name, algebraicType }) => ({
        name: name === undefined ? undefined : this.field(name),
        algebraicType: this.#convertType(algebraicType),
      })),
    };
  }

  #convertSum(sum: SumType): SumType {
    return {
      variants: sum.variants.map(({ name, algebraicType }) => ({
        name: name === undefined ? undefined : this.variant(name),
        algebraicType: this.#convertType(algebraicType),
      })),
    };
  }
}

/** Derives the name of an index from the canonical names of its table and columns, in index order. */
export function indexName(table: string, columns: readonly string[], algorithm: IndexAlgorithm): string {
  return `${table}_${columns.join('_')}_idx_${algorithm}`;
}

export function uniqueConstraintName(table: string, columns: readonly string[]): string {
  return `${table}_${columns.join('_')}_key`;
}

export function sequenceName(table: string, column: string): string {
  return `${table}_${column}_seq`;
}

export function scheduleName(table: string): string {
  return `${table}_sched`;
}
