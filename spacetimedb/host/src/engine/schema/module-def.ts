/**
 * A module's schema as the host uses it: with canonical names, verified references and assigned ids. Made from the
 * module's `RawModuleDef` (see `resolve.ts`).
 */
import type { AlgebraicType, ProductType } from 'spacetimedb';
import type { Typespace } from '../sats/typespace.ts';

export interface ColumnDef {
  /** Canonical name, used on the wire and in SQL. */
  readonly name: string;
  /** The name in the module's source. SQL accepts it too. */
  readonly sourceName: string;
  readonly type: AlgebraicType;
}

export type IndexAlgorithm = 'btree' | 'hash' | 'direct';

export interface IndexDef {
  readonly name: string;
  readonly sourceName: string;
  /** Its name in client code, exactly as declared; absent for an index without an accessor. */
  readonly accessorName: string | undefined;
  readonly algorithm: IndexAlgorithm;
  /** Positions in `TableDef.columns`, in index order. */
  readonly columns: readonly number[];
}

export interface UniqueConstraintDef {
  readonly name: string;
  readonly columns: readonly number[];
}

export interface SequenceDef {
  readonly name: string;
  readonly column: number;
  readonly start: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly increment: bigint;
}

export interface ScheduleDef {
  readonly name: string;
  /** Position of the `ScheduleAt` column. */
  readonly atColumn: number;
  /** Source name of the reducer or procedure to call. */
  readonly functionName: string;
  readonly functionKind: 'reducer' | 'procedure';
}

export interface TableDef {
  readonly name: string;
  readonly sourceName: string;
  /** Position of the row type in the typespace. */
  readonly typeRef: number;
  /** The row type with canonical column names. Element types may contain `Ref`s into the typespace. */
  readonly rowType: ProductType;
  readonly columns: readonly ColumnDef[];
  readonly primaryKey: number | undefined;
  readonly indexes: readonly IndexDef[];
  readonly uniqueConstraints: readonly UniqueConstraintDef[];
  readonly sequences: readonly SequenceDef[];
  readonly schedule: ScheduleDef | undefined;
  /** BSATN of the value that existing rows get when a column is added, by column position. */
  readonly defaultValues: ReadonlyMap<number, Uint8Array>;
  readonly isPublic: boolean;
  readonly isEvent: boolean;
  /** `system` only for tables declared as such, which SDK modules never do. */
  readonly tableType: 'user' | 'system';
}

type Visibility = 'private' | 'client';

export interface ReducerDef {
  /** Argument of `__call_reducer__`: the position among the module's reducers. */
  readonly id: number;
  readonly name: string;
  readonly sourceName: string;
  /** Argument types, by canonical parameter name. */
  readonly params: ProductType;
  readonly visibility: Visibility;
  readonly lifecycle: 'init' | 'on_connect' | 'on_disconnect' | undefined;
}

export interface ProcedureDef {
  readonly id: number;
  readonly name: string;
  readonly sourceName: string;
  readonly params: ProductType;
  readonly returnType: AlgebraicType;
  readonly visibility: Visibility;
}

export interface ViewDef {
  /** Position among the anonymous views or among the other views; each kind is numbered separately. */
  readonly id: number;
  readonly name: string;
  readonly sourceName: string;
  readonly isPublic: boolean;
  readonly isAnonymous: boolean;
  readonly params: ProductType;
  readonly returnType: AlgebraicType;
  /** Position of the row type in the typespace. */
  readonly typeRef: number;
  readonly columns: readonly ColumnDef[];
  readonly primaryKey: number | undefined;
}

/** A named type, for generated code. */
export interface NamedTypeDef {
  /** PascalCase. */
  readonly name: string;
  readonly scope: readonly string[];
  readonly typeRef: number;
}

export interface HttpHandlerDef {
  /** Argument of `__call_http_handler__`: the position among the module's handlers. */
  readonly id: number;
  readonly name: string;
  readonly sourceName: string;
}

export interface HttpRouteDef {
  /** Canonical name of the handler. */
  readonly handlerName: string;
  /** In upper case, as on the wire; absent for a route that accepts every method. */
  readonly method: string | undefined;
  readonly path: string;
}

/** A module mounted in another one. Its own names have no prefix; on the wire they are `namespace.name`. */
export interface SubmoduleDef {
  readonly namespace: string;
  readonly def: ModuleDef;
}

export interface ModuleDef {
  /** Fields and variants have canonical names, which are the keys of decoded values. */
  readonly typespace: Typespace;
  /** The same types at the same positions, with the source names that generated code uses. */
  readonly sourceTypespace: Typespace;
  readonly types: readonly NamedTypeDef[];
  readonly tables: readonly TableDef[];
  readonly reducers: readonly ReducerDef[];
  readonly procedures: readonly ProcedureDef[];
  readonly views: readonly ViewDef[];
  /** SQL of the row-level security rules. */
  readonly rowLevelSecurity: readonly string[];
  readonly httpHandlers: readonly HttpHandlerDef[];
  readonly httpRoutes: readonly HttpRouteDef[];
  readonly submodules: readonly SubmoduleDef[];
}
