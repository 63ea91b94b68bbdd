/**
 * A module's description of itself (`__describe_module__`): BSATN of the sum `RawModuleDef`, whose third variant,
 * version 10, is what SDK 2.x writes. It is not validated here; `resolve.ts` turns it into a `ModuleDef`.
 *
 * Layout: `crates/lib/src/db/raw_def/v10.rs` of the real server. Field names are the SDK's, in camel case.
 */
import {
  BinaryReader,
  BinaryWriter,
  t,
  type AlgebraicType as AlgebraicTypeValue,
  type Infer,
  type TypeBuilder,
} from 'spacetimedb';
import { ModuleDefError } from './errors.ts';

export const RawAlgebraicType: TypeBuilder<AlgebraicTypeValue, AlgebraicTypeValue> = t.enum('AlgebraicType', {
  Ref: t.u32(),
  get Sum() {
    return RawSumType;
  },
  get Product() {
    return RawProductType;
  },
  get Array() {
    return RawAlgebraicType;
  },
  String: t.unit(),
  Bool: t.unit(),
  I8: t.unit(),
  U8: t.unit(),
  I16: t.unit(),
  U16: t.unit(),
  I32: t.unit(),
  U32: t.unit(),
  I64: t.unit(),
  U64: t.unit(),
  I128: t.unit(),
  U128: t.unit(),
  I256: t.unit(),
  U256: t.unit(),
  F32: t.unit(),
  F64: t.unit(),
}) as unknown as TypeBuilder<AlgebraicTypeValue, AlgebraicTypeValue>;

const RawSumType = t.object('SumType', {
  get variants() {
    return t.array(
      t.object('SumTypeVariant', { name: t.option(t.string()), algebraicType: RawAlgebraicType }),
    );
  },
});

export const RawProductType = t.object('ProductType', {
  get elements() {
    return t.array(
      t.object('ProductTypeElement', { name: t.option(t.string()), algebraicType: RawAlgebraicType }),
    );
  },
});

export const RawTypespace = t.object('Typespace', { types: t.array(RawAlgebraicType) });

const RawTypeDef = t.object('RawTypeDefV10', {
  sourceName: t.object('RawScopedTypeNameV10', { scope: t.array(t.string()), sourceName: t.string() }),
  ty: t.u32(),
  customOrdering: t.bool(),
});
export type RawTypeDef = Infer<typeof RawTypeDef>;

export const RawIndexAlgorithm = t.enum('RawIndexAlgorithm', {
  BTree: t.array(t.u16()),
  Hash: t.array(t.u16()),
  Direct: t.u16(),
});
export type RawIndexAlgorithm = Infer<typeof RawIndexAlgorithm>;

const RawIndexDef = t.object('RawIndexDefV10', {
  sourceName: t.option(t.string()),
  accessorName: t.option(t.string()),
  algorithm: RawIndexAlgorithm,
});
export type RawIndexDef = Infer<typeof RawIndexDef>;

export const RawConstraintData = t.enum('RawConstraintDataV9', {
  Unique: t.object('RawUniqueConstraintDataV9', { columns: t.array(t.u16()) }),
});

const RawConstraintDef = t.object('RawConstraintDefV10', {
  sourceName: t.option(t.string()),
  data: RawConstraintData,
});
export type RawConstraintDef = Infer<typeof RawConstraintDef>;

const RawSequenceDef = t.object('RawSequenceDefV10', {
  sourceName: t.option(t.string()),
  column: t.u16(),
  start: t.option(t.i128()),
  minValue: t.option(t.i128()),
  maxValue: t.option(t.i128()),
  increment: t.i128(),
});
export type RawSequenceDef = Infer<typeof RawSequenceDef>;

export const RawTableType = t.enum('TableType', { System: t.unit(), User: t.unit() });
export const RawTableAccess = t.enum('TableAccess', { Public: t.unit(), Private: t.unit() });

const RawTableDef = t.object('RawTableDefV10', {
  sourceName: t.string(),
  productTypeRef: t.u32(),
  primaryKey: t.array(t.u16()),
  indexes: t.array(RawIndexDef),
  constraints: t.array(RawConstraintDef),
  sequences: t.array(RawSequenceDef),
  tableType: RawTableType,
  tableAccess: RawTableAccess,
  defaultValues: t.array(t.object('RawColumnDefaultValueV10', { colId: t.u16(), value: t.byteArray() })),
  isEvent: t.bool(),
});
export type RawTableDef = Infer<typeof RawTableDef>;

const RawVisibility = t.enum('FunctionVisibility', { Private: t.unit(), ClientCallable: t.unit() });

const RawReducerDef = t.object('RawReducerDefV10', {
  sourceName: t.string(),
  params: RawProductType,
  visibility: RawVisibility,
  okReturnType: RawAlgebraicType,
  errReturnType: RawAlgebraicType,
});
export type RawReducerDef = Infer<typeof RawReducerDef>;

const RawProcedureDef = t.object('RawProcedureDefV10', {
  sourceName: t.string(),
  params: RawProductType,
  returnType: RawAlgebraicType,
  visibility: RawVisibility,
});
export type RawProcedureDef = Infer<typeof RawProcedureDef>;

const RawViewDef = t.object('RawViewDefV10', {
  sourceName: t.string(),
  index: t.u32(),
  isPublic: t.bool(),
  isAnonymous: t.bool(),
  params: RawProductType,
  returnType: RawAlgebraicType,
});
export type RawViewDef = Infer<typeof RawViewDef>;

const RawScheduleDef = t.object('RawScheduleDefV10', {
  sourceName: t.option(t.string()),
  tableName: t.string(),
  scheduleAtCol: t.u16(),
  functionName: t.string(),
});
export type RawScheduleDef = Infer<typeof RawScheduleDef>;

export const RawLifecycle = t.enum('Lifecycle', {
  Init: t.unit(),
  OnConnect: t.unit(),
  OnDisconnect: t.unit(),
});

const RawLifecycleReducerDef = t.object('RawLifeCycleReducerDefV10', {
  lifecycleSpec: RawLifecycle,
  functionName: t.string(),
});
export type RawLifecycleReducerDef = Infer<typeof RawLifecycleReducerDef>;

export const RawRowLevelSecurityDef = t.object('RawRowLevelSecurityDefV9', { sql: t.string() });

const RawCaseConversionPolicy = t.enum('CaseConversionPolicy', { None: t.unit(), SnakeCase: t.unit() });

const RawNameMapping = t.object('NameMapping', { sourceName: t.string(), canonicalName: t.string() });
const RawExplicitNameEntry = t.enum('ExplicitNameEntry', {
  Table: RawNameMapping,
  Function: RawNameMapping,
  Index: RawNameMapping,
});
export type RawExplicitNameEntry = Infer<typeof RawExplicitNameEntry>;

const RawHttpMethod = t.enum('HttpMethod', {
  Get: t.unit(),
  Head: t.unit(),
  Post: t.unit(),
  Put: t.unit(),
  Delete: t.unit(),
  Connect: t.unit(),
  Options: t.unit(),
  Trace: t.unit(),
  Patch: t.unit(),
  Extension: t.string(),
});
const RawMethodOrAny = t.enum('MethodOrAny', { Any: t.unit(), Method: RawHttpMethod });
export type RawMethodOrAny = Infer<typeof RawMethodOrAny>;

const RawHttpRouteDef = t.object('RawHttpRouteDefV10', {
  handlerFunction: t.string(),
  method: RawMethodOrAny,
  path: t.string(),
});

const RawViewPrimaryKeyDef = t.object('RawViewPrimaryKeyDefV10', {
  viewSourceName: t.string(),
  columns: t.array(t.string()),
});

const RawSubmodule = t.object('RawSubmoduleV10', {
  namespace: t.string(),
  get module(): TypeBuilder<RawModuleDefV10, AlgebraicTypeValue> {
    return RawModuleDefV10Type;
  },
});
export interface RawSubmodule {
  namespace: string;
  module: RawModuleDefV10;
}

const RawModuleDefSection = t.enum('RawModuleDefV10Section', {
  Typespace: RawTypespace,
  Types: t.array(RawTypeDef),
  Tables: t.array(RawTableDef),
  Reducers: t.array(RawReducerDef),
  Procedures: t.array(RawProcedureDef),
  Views: t.array(RawViewDef),
  Schedules: t.array(RawScheduleDef),
  LifeCycleReducers: t.array(RawLifecycleReducerDef),
  RowLevelSecurity: t.array(RawRowLevelSecurityDef),
  CaseConversionPolicy: RawCaseConversionPolicy,
  ExplicitNames: t.object('ExplicitNames', { entries: t.array(RawExplicitNameEntry) }),
  HttpHandlers: t.array(t.object('RawHttpHandlerDefV10', { sourceName: t.string() })),
  HttpRoutes: t.array(RawHttpRouteDef),
  ViewPrimaryKeys: t.array(RawViewPrimaryKeyDef),
  Submodules: t.array(RawSubmodule),
});
export type RawModuleDefSection = Infer<typeof RawModuleDefSection>;

/** Sections come in any order, and each may be absent. */
export interface RawModuleDefV10 {
  sections: RawModuleDefSection[];
}

export const RawModuleDefV10Type: TypeBuilder<RawModuleDefV10, AlgebraicTypeValue> = t.object(
  'RawModuleDefV10',
  { sections: t.array(RawModuleDefSection) },
) as unknown as TypeBuilder<RawModuleDefV10, AlgebraicTypeValue>;

/** Version 10's variant of `RawModuleDef`. */
const V10_TAG = 2;
const OLDER_VERSIONS = ['8', '9'];

/**
 * Decodes the result of `__describe_module__`.
 * @throws {ModuleDefError} when the bytes are another version than 10, invalid, or followed by more bytes
 */
export function decodeRawModuleDef(bytes: Uint8Array): RawModuleDefV10 {
  const version = bytes[0];
  if (version === undefined) throw new ModuleDefError(['The module describes itself with no bytes at all.']);
  if (version !== V10_TAG) {
    const older = OLDER_VERSIONS[version];
    throw new ModuleDefError([
      older
        ? `The module describes itself in format ${older}, from an SDK before 2.0: build it with SDK 2.x (format 10).`
        : `The module describes itself in a format that is newer than this host (tag ${version}).`,
    ]);
  }
  const reader = new BinaryReader(bytes.subarray(1));
  let def: RawModuleDefV10;
  try {
    def = RawModuleDefV10Type.deserialize(reader);
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause));
  }
  if (reader.remaining > 0) throw malformed(`${reader.remaining} bytes are left over`);
  if (!tidy(def)) throw malformed('it holds a section or an option that this host does not know');
  return def;
}

/** The inverse of `decodeRawModuleDef`. */
export function encodeRawModuleDef(def: RawModuleDefV10): Uint8Array {
  const writer = new BinaryWriter(1024);
  writer.writeByte(V10_TAG);
  RawModuleDefV10Type.serialize(writer, def);
  return writer.getBuffer();
}

function malformed(reason: string): ModuleDefError {
  return new ModuleDefError([`The module's description of itself cannot be decoded: ${reason}.`]);
}

/**
 * Removes the empty payloads of unit variants, to match the SDK's own types (`{ tag: 'U8' }`). Returns false if a
 * variant was unknown: the SDK decodes a sum with an unknown tag to `undefined`, which is valid only for an option.
 */
function tidy(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => item !== undefined && tidy(item));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  const fields = value as Record<string, unknown>;
  if ('tag' in fields && isEmptyObject(fields['value'])) delete fields['value'];
  return Object.entries(fields).every(([field, inner]) =>
    inner === undefined ? OPTIONAL_FIELDS.has(field) : tidy(inner),
  );
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !Array.isArray(value)
  );
}

const OPTIONAL_FIELDS = new Set(['name', 'sourceName', 'accessorName', 'start', 'minValue', 'maxValue']);

type SectionPayloads = { [S in RawModuleDefSection as S['tag']]: S['value'] };

/** The payload of the first section called `tag`, or `undefined` if the module has none. */
export function section<Tag extends keyof SectionPayloads>(
  def: RawModuleDefV10,
  tag: Tag,
): SectionPayloads[Tag] | undefined {
  const found = def.sections.find((candidate) => candidate.tag === tag);
  return found?.value as SectionPayloads[Tag] | undefined;
}
