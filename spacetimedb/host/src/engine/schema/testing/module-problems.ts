/** Helpers for validation tests: invalid modules and their problems. */
import { AlgebraicType } from 'spacetimedb';
import { ModuleDefError } from '../errors.ts';
import type { RawIndexAlgorithm, RawModuleDefSection } from '../raw-module-def.ts';
import { resolveRawModuleDef } from '../resolve.ts';
import { RawModuleBuilder, type TableOptions } from './raw-module-builder.ts';

/** The problems of a module; empty if it is valid. */
export function problems(module: RawModuleBuilder): readonly string[] {
  try {
    resolveRawModuleDef(module.build());
    return [];
  } catch (error) {
    if (error instanceof ModuleDefError) return error.problems;
    throw error;
  }
}

/** A table `Bananas` with the columns `b` (u16) and `a` (u64). */
export const bananas = (options: TableOptions = {}): RawModuleBuilder =>
  new RawModuleBuilder().table('Bananas', { b: AlgebraicType.U16, a: AlgebraicType.U64 }, options);

/** The options for one index without an accessor. */
export const index = (algorithm: RawIndexAlgorithm): NonNullable<TableOptions['indexes']> => [
  { sourceName: 'raw_index', accessorName: undefined, algorithm },
];

/** A module of one section. */
export const withSection = (section: RawModuleDefSection): RawModuleBuilder =>
  new RawModuleBuilder().section(section);
