/** Builds module descriptions for tests. */
import { AlgebraicType, type ProductType } from 'spacetimedb';
import type {
  RawExplicitNameEntry,
  RawIndexAlgorithm,
  RawIndexDef,
  RawLifecycleReducerDef,
  RawModuleDefSection,
  RawModuleDefV10,
  RawProcedureDef,
  RawReducerDef,
  RawScheduleDef,
  RawTableDef,
  RawTypeDef,
  RawViewDef,
} from '../raw-module-def.ts';

export type Fields = Readonly<Record<string, AlgebraicType>>;

export function product(fields: Fields): { tag: 'Product'; value: ProductType } {
  return { tag: 'Product', value: { elements: members(fields) } };
}

export function sum(variants: Fields): AlgebraicType {
  return { tag: 'Sum', value: { variants: members(variants) } };
}

export const unit: AlgebraicType = product({});

export const plainEnum = (...names: string[]): AlgebraicType =>
  sum(Object.fromEntries(names.map((name) => [name, unit])));

export const option = (some: AlgebraicType): AlgebraicType => sum({ some, none: unit });

export const special = {
  identity: product({ __identity__: AlgebraicType.U256 }),
  connectionId: product({ __connection_id__: AlgebraicType.U128 }),
  timestamp: product({ __timestamp_micros_since_unix_epoch__: AlgebraicType.I64 }),
  timeDuration: product({ __time_duration_micros__: AlgebraicType.I64 }),
  uuid: product({ __uuid__: AlgebraicType.U128 }),
} as const;

export const scheduleAt: AlgebraicType = sum({ Interval: special.timeDuration, Time: special.timestamp });

function members(fields: Fields): { name: string; algebraicType: AlgebraicType }[] {
  return Object.entries(fields).map(([name, algebraicType]) => ({ name, algebraicType }));
}

export const btree = (...columns: number[]): RawIndexAlgorithm => ({ tag: 'BTree', value: columns });
export const hash = (...columns: number[]): RawIndexAlgorithm => ({ tag: 'Hash', value: columns });
export const direct = (column: number): RawIndexAlgorithm => ({ tag: 'Direct', value: column });

export interface TableOptions {
  readonly isPublic?: boolean;
  readonly isEvent?: boolean;
  readonly tableType?: 'User' | 'System';
  readonly primaryKey?: number[];
  /** The columns of each unique constraint. */
  readonly unique?: number[][];
  readonly indexes?: RawIndexDef[];
  readonly sequences?: (Partial<RawTableDef['sequences'][number]> & { column: number })[];
  readonly defaultValues?: RawTableDef['defaultValues'];
}

export interface FunctionOptions {
  readonly isPrivate?: boolean;
  readonly lifecycle?: RawLifecycleReducerDef['lifecycleSpec']['tag'];
}

/** Collects sections. Each call adds one item, in order. */
export class RawModuleBuilder {
  readonly #sections = {
    Typespace: { types: [] as AlgebraicType[] },
    Types: [] as RawTypeDef[],
    Tables: [] as RawTableDef[],
    Reducers: [] as RawReducerDef[],
    Procedures: [] as RawProcedureDef[],
    Views: [] as RawViewDef[],
    Schedules: [] as RawScheduleDef[],
    LifeCycleReducers: [] as RawLifecycleReducerDef[],
    ExplicitNames: { entries: [] as RawExplicitNameEntry[] },
  };
  readonly #others: RawModuleDefSection[] = [];

  /** Adds a type without a name to the typespace. */
  anonymousType(type: AlgebraicType): { tag: 'Ref'; value: number } {
    return { tag: 'Ref', value: this.#sections.Typespace.types.push(type) - 1 };
  }

  /** @param name with its scope, such as `Scope.Name` */
  type(name: string, type: AlgebraicType, customOrdering = true): { tag: 'Ref'; value: number } {
    const scope = name.split('.');
    const sourceName = scope.pop() ?? '';
    const ref = this.anonymousType(type);
    this.#sections.Types.push({ sourceName: { scope, sourceName }, ty: ref.value, customOrdering });
    return ref;
  }

  /** Adds a table with a new row type of the same name. */
  table(sourceName: string, fields: Fields, options: TableOptions = {}): this {
    return this.tableOf(this.type(sourceName, product(fields)), sourceName, options);
  }

  tableOf(row: { value: number }, sourceName: string, options: TableOptions = {}): this {
    this.#sections.Tables.push({
      sourceName,
      productTypeRef: row.value,
      primaryKey: options.primaryKey ?? [],
      indexes: options.indexes ?? [],
      constraints: (options.unique ?? []).map((columns) => ({
        sourceName: undefined,
        data: { tag: 'Unique', value: { columns } },
      })),
      sequences: (options.sequences ?? []).map((sequence) => ({
        sourceName: undefined,
        start: undefined,
        minValue: undefined,
        maxValue: undefined,
        increment: 1n,
        ...sequence,
      })),
      tableType: { tag: options.tableType ?? 'User' },
      tableAccess: { tag: options.isPublic ? 'Public' : 'Private' },
      defaultValues: options.defaultValues ?? [],
      isEvent: options.isEvent ?? false,
    });
    return this;
  }

  reducer(sourceName: string, params: Fields = {}, options: FunctionOptions = {}): this {
    this.#sections.Reducers.push({
      sourceName,
      params: product(params).value,
      visibility: visibility(options),
      okReturnType: unit,
      errReturnType: AlgebraicType.String,
    });
    if (options.lifecycle) this.lifecycle(options.lifecycle, sourceName);
    return this;
  }

  lifecycle(tag: RawLifecycleReducerDef['lifecycleSpec']['tag'], functionName: string): this {
    this.#sections.LifeCycleReducers.push({ lifecycleSpec: { tag }, functionName });
    return this;
  }

  procedure(
    sourceName: string,
    params: Fields,
    returnType: AlgebraicType,
    options: FunctionOptions = {},
  ): this {
    this.#sections.Procedures.push({
      sourceName,
      params: product(params).value,
      returnType,
      visibility: visibility(options),
    });
    return this;
  }

  view(sourceName: string, returnType: AlgebraicType, isAnonymous = false): this {
    const index = this.#sections.Views.filter((view) => view.isAnonymous === isAnonymous).length;
    this.#sections.Views.push({
      sourceName,
      index,
      isPublic: true,
      isAnonymous,
      params: product({}).value,
      returnType,
    });
    return this;
  }

  schedule(tableName: string, scheduleAtCol: number, functionName: string): this {
    this.#sections.Schedules.push({ sourceName: undefined, tableName, scheduleAtCol, functionName });
    return this;
  }

  explicitName(tag: 'Table' | 'Function' | 'Index', sourceName: string, canonicalName: string): this {
    this.#sections.ExplicitNames.entries.push({ tag, value: { sourceName, canonicalName } });
    return this;
  }

  /** Adds a section that has no method here. */
  section(section: RawModuleDefSection): this {
    this.#others.push(section);
    return this;
  }

  build(): RawModuleDefV10 {
    const own = Object.entries(this.#sections).map(([tag, value]) => ({ tag, value }) as RawModuleDefSection);
    return { sections: [...own, ...this.#others] };
  }
}

function visibility({ isPrivate }: FunctionOptions): { tag: 'Private' | 'ClientCallable' } {
  return { tag: isPrivate ? 'Private' : 'ClientCallable' };
}
