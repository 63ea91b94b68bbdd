/** Checks that everything that a module's description refers to exists. The rest of the schema code relies on this. */
import type { AlgebraicType, ProductType } from 'spacetimedb';
import type { Names } from './names.ts';
import {
  section,
  type RawIndexAlgorithm,
  type RawModuleDefV10,
  type RawTableDef,
  type RawViewDef,
} from './raw-module-def.ts';
import { viewReturn } from './special-types.ts';

/** Positions of the columns of an index, in index order. */
export function indexColumns(algorithm: RawIndexAlgorithm): readonly number[] {
  return algorithm.tag === 'Direct' ? [algorithm.value] : algorithm.value;
}

/**
 * Finds references to types, columns, tables and functions that do not exist, and missing names. Ignores submodules.
 * @returns one sentence per problem
 */
export function findBrokenReferences(raw: RawModuleDefV10, names: Names): string[] {
  return new ReferenceCheck(raw, names).run();
}

class ReferenceCheck {
  readonly #raw: RawModuleDefV10;
  readonly #names: Names;
  readonly #types: readonly AlgebraicType[];
  readonly #problems: string[] = [];

  constructor(raw: RawModuleDefV10, names: Names) {
    this.#raw = raw;
    this.#names = names;
    this.#types = section(raw, 'Typespace')?.types ?? [];
  }

  run(): string[] {
    this.#types.forEach((type, i) => {
      this.#type(type, `Type ${i} of the typespace`);
      if (type.tag === 'Ref' && !this.#leadsToType(i)) {
        this.#problems.push(`Type ${i} of the typespace refers only to itself.`);
      }
    });
    for (const { ty, sourceName } of section(this.#raw, 'Types') ?? []) {
      if (ty >= this.#types.length) {
        this.#problems.push(`Type \`${sourceName.sourceName}\` refers to type ${ty}, which does not exist.`);
      }
    }
    for (const table of section(this.#raw, 'Tables') ?? []) this.#table(table);
    for (const view of section(this.#raw, 'Views') ?? []) this.#view(view);
    this.#functions();
    this.#schedulesAndLifecycles();
    return this.#problems;
  }

  #table(table: RawTableDef): void {
    const item = `Table \`${table.sourceName}\``;
    const row = this.#rowType(table.productTypeRef, item);
    if (!row) return;
    const checkColumns = (owner: string, columns: readonly number[]): void => {
      for (const column of columns) {
        if (column < row.elements.length) continue;
        this.#problems.push(
          `${owner} of table \`${table.sourceName}\` refers to column ${column}, which does not exist.`,
        );
      }
    };
    checkColumns('The primary key', table.primaryKey);
    for (const { sourceName, algorithm } of table.indexes) {
      if (sourceName === undefined) this.#problems.push(`${item} has an index without a name.`);
      checkColumns(`Index \`${sourceName ?? '?'}\``, indexColumns(algorithm));
    }
    for (const { data } of table.constraints) checkColumns('A unique constraint', data.value.columns);
    for (const { column } of table.sequences) checkColumns('A sequence', [column]);
    for (const { colId } of table.defaultValues) checkColumns('A default value', [colId]);
  }

  #view(view: RawViewDef): void {
    const item = `View \`${view.sourceName}\``;
    this.#params(view.params, item);
    const returned = viewReturn(view.returnType);
    if (returned) this.#rowType(returned.typeRef, item);
    else this.#problems.push(`${item} must return an array, an option or a query of a row type.`);
  }

  #functions(): void {
    for (const { sourceName, params, okReturnType, errReturnType } of section(this.#raw, 'Reducers') ?? []) {
      this.#params(params, `Reducer \`${sourceName}\``);
      this.#type(okReturnType, `Reducer \`${sourceName}\``);
      this.#type(errReturnType, `Reducer \`${sourceName}\``);
    }
    for (const { sourceName, params, returnType } of section(this.#raw, 'Procedures') ?? []) {
      this.#params(params, `Procedure \`${sourceName}\``);
      this.#type(returnType, `Procedure \`${sourceName}\``);
    }
  }

  #schedulesAndLifecycles(): void {
    const names = this.#names;
    const tables = new Set(section(this.#raw, 'Tables')?.map(({ sourceName }) => names.table(sourceName)));
    const reducers = new Set(
      section(this.#raw, 'Reducers')?.map(({ sourceName }) => names.function(sourceName)),
    );
    const procedures = new Set(
      section(this.#raw, 'Procedures')?.map(({ sourceName }) => names.function(sourceName)),
    );
    for (const { tableName, functionName } of section(this.#raw, 'Schedules') ?? []) {
      if (!tables.has(names.table(tableName))) {
        this.#problems.push(`The schedule of table \`${tableName}\` has no such table.`);
      }
      const target = names.function(functionName);
      if (!reducers.has(target) && !procedures.has(target)) {
        this.#problems.push(
          `The schedule of table \`${tableName}\` calls \`${functionName}\`, which is neither a reducer nor a procedure.`,
        );
      }
    }
    for (const { lifecycleSpec, functionName } of section(this.#raw, 'LifeCycleReducers') ?? []) {
      if (!reducers.has(names.function(functionName))) {
        this.#problems.push(
          `The lifecycle event ${lifecycleSpec.tag} calls \`${functionName}\`, which is not a reducer.`,
        );
      }
    }
  }

  /** The row type at `ref`, if there is one. */
  #rowType(ref: number, item: string): ProductType | undefined {
    const type = this.#types[ref];
    if (type?.tag !== 'Product') {
      this.#problems.push(`${item} has type ${ref} as its row type, which is not a product type.`);
      return undefined;
    }
    type.value.elements.forEach(({ name }, i) => {
      if (name === undefined) this.#problems.push(`${item} has a column without a name at position ${i}.`);
    });
    return type.value;
  }

  #params(params: ProductType, item: string): void {
    params.elements.forEach(({ name, algebraicType }, i) => {
      if (name === undefined) this.#problems.push(`${item} has a parameter without a name at position ${i}.`);
      this.#type(algebraicType, item);
    });
  }

  #type(type: AlgebraicType, item: string): void {
    switch (type.tag) {
      case 'Ref':
        if (type.value >= this.#types.length) {
          this.#problems.push(`${item} refers to type ${type.value}, which does not exist.`);
        }
        return;
      case 'Array':
        return this.#type(type.value, item);
      case 'Product':
        return type.value.elements.forEach(({ algebraicType }) => this.#type(algebraicType, item));
      case 'Sum':
        return type.value.variants.forEach(({ algebraicType }) => this.#type(algebraicType, item));
      default:
        return;
    }
  }

  #leadsToType(start: number): boolean {
    let type = this.#types[start];
    for (let steps = 0; type?.tag === 'Ref'; steps++) {
      if (steps > this.#types.length) return false;
      type = this.#types[type.value];
    }
    return true;
  }
}
