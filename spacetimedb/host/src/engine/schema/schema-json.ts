import { canonicalV10, canonicalV9 } from './canonical-raw-def.ts';
import { RawModuleDefV9Type } from './raw-module-def-v9.ts';
import { decodeRawModuleDef, RawModuleDefV10Type } from './raw-module-def.ts';
import { resolveRawModuleDef } from './resolve.ts';
import { namedSatsJson } from './sats-json-text.ts';

/**
 * The body of `GET …/schema`: SATS-JSON, with names, of the module's description. As on the real server it is not what
 * the module itself said, but has canonical names in it (`crates/client-api/src/routes/database.rs`, `schema`).
 * @param rawModuleDef BSATN of the `RawModuleDef`
 * @param version 10 for `{"sections":[…]}`; 9 for the older form, without what that cannot express
 * @throws {ModuleDefError} as `resolveModuleDef`
 */
export function schemaJson(rawModuleDef: Uint8Array, version: 9 | 10): string {
  const raw = decodeRawModuleDef(rawModuleDef);
  const def = resolveRawModuleDef(raw);
  return version === 10
    ? namedSatsJson(canonicalV10(raw, def), RawModuleDefV10Type.algebraicType)
    : namedSatsJson(canonicalV9(raw, def), RawModuleDefV9Type.algebraicType);
}
