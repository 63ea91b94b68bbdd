import type { AlgebraicType } from 'spacetimedb';
import { toTypedJson } from '../sats/to-json.ts';
import { toCase } from './case-conversion.ts';
import { canonicalV10, canonicalV9 } from './canonical-raw-def.ts';
import { RawModuleDefV9Type } from './raw-module-def-v9.ts';
import { decodeRawModuleDef, RawModuleDefV10Type } from './raw-module-def.ts';
import { resolveRawModuleDef } from './resolve.ts';

/**
 * The body of `GET …/schema`: SATS-JSON of the module's description. As on the real server it has canonical names,
 * unlike the module's own description (`crates/client-api/src/routes/database.rs`, `schema`).
 * @param rawModuleDef BSATN of the `RawModuleDef`
 * @param version 10 for `{"sections":[…]}`; 9 for the older form, which cannot express everything
 * @throws {ModuleDefError} like `resolveModuleDef`
 */
export function schemaJson(rawModuleDef: Uint8Array, version: 9 | 10): string {
  const raw = decodeRawModuleDef(rawModuleDef);
  const def = resolveRawModuleDef(raw);
  return version === 10
    ? written(canonicalV10(raw, def), RawModuleDefV10Type.algebraicType)
    : written(canonicalV9(raw, def), RawModuleDefV9Type.algebraicType);
}

/** The SDK's types have fields in camel case, the server's text has them in snake case. */
function written(value: unknown, type: AlgebraicType): string {
  return toTypedJson(type, { types: [] }, value, (name) => toCase(name, 'snake'));
}
