/**
 * Version 9 of a module's description, which `GET …/schema?version=9` returns. Layout:
 * `crates/lib/src/db/raw_def/v9.rs` of the real server.
 */
import { t, type Infer } from 'spacetimedb';
import {
  RawAlgebraicType,
  RawConstraintData,
  RawIndexAlgorithm,
  RawLifecycle,
  RawProductType,
  RawRowLevelSecurityDef,
  RawTableAccess,
  RawTableType,
  RawTypespace,
} from './raw-module-def.ts';

const RawIndexDefV9 = t.object('RawIndexDefV9', {
  name: t.option(t.string()),
  accessorName: t.option(t.string()),
  algorithm: RawIndexAlgorithm,
});

const RawConstraintDefV9 = t.object('RawConstraintDefV9', {
  name: t.option(t.string()),
  data: RawConstraintData,
});

const RawSequenceDefV9 = t.object('RawSequenceDefV9', {
  name: t.option(t.string()),
  column: t.u16(),
  start: t.option(t.i128()),
  minValue: t.option(t.i128()),
  maxValue: t.option(t.i128()),
  increment: t.i128(),
});

const RawScheduleDefV9 = t.object('RawScheduleDefV9', {
  name: t.option(t.string()),
  reducerName: t.string(),
  scheduledAtColumn: t.u16(),
});

const RawTableDefV9 = t.object('RawTableDefV9', {
  name: t.string(),
  productTypeRef: t.u32(),
  primaryKey: t.array(t.u16()),
  indexes: t.array(RawIndexDefV9),
  constraints: t.array(RawConstraintDefV9),
  sequences: t.array(RawSequenceDefV9),
  schedule: t.option(RawScheduleDefV9),
  tableType: RawTableType,
  tableAccess: RawTableAccess,
});

const RawReducerDefV9 = t.object('RawReducerDefV9', {
  name: t.string(),
  params: RawProductType,
  lifecycle: t.option(RawLifecycle),
});

const RawTypeDefV9 = t.object('RawTypeDefV9', {
  name: t.object('RawScopedTypeNameV9', { scope: t.array(t.string()), name: t.string() }),
  ty: t.u32(),
  customOrdering: t.bool(),
});

const RawMiscModuleExportV9 = t.enum('RawMiscModuleExportV9', {
  ColumnDefaultValue: t.object('RawColumnDefaultValueV9', {
    table: t.string(),
    colId: t.u16(),
    value: t.byteArray(),
  }),
  Procedure: t.object('RawProcedureDefV9', {
    name: t.string(),
    params: RawProductType,
    returnType: RawAlgebraicType,
  }),
  View: t.object('RawViewDefV9', {
    name: t.string(),
    index: t.u32(),
    isPublic: t.bool(),
    isAnonymous: t.bool(),
    params: RawProductType,
    returnType: RawAlgebraicType,
  }),
});

export const RawModuleDefV9Type = t.object('RawModuleDefV9', {
  typespace: RawTypespace,
  tables: t.array(RawTableDefV9),
  reducers: t.array(RawReducerDefV9),
  types: t.array(RawTypeDefV9),
  miscExports: t.array(RawMiscModuleExportV9),
  rowLevelSecurity: t.array(RawRowLevelSecurityDef),
});
export type RawModuleDefV9 = Infer<typeof RawModuleDefV9Type>;
