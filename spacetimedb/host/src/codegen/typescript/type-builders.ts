/** Types as calls of the SDK's type builders. */
import { accessor } from './symbols.ts';
import type { CodeWriter } from './code-writer.ts';
import type { Field, TypeScope } from './scope.ts';
import type { TypeUse } from '../../engine/schema/type-use.ts';

/** For example `__t.option(__t.i32())`, or the symbol of a named type. */
export function typeBuilder(use: TypeUse, types: TypeScope): string {
  switch (use.kind) {
    case 'ref':
      return types.symbol(use.typeRef);
    case 'array':
      return isByte(use.element) ? '__t.byteArray()' : `__t.array(${typeBuilder(use.element, types)})`;
    case 'option':
      return `__t.option(${typeBuilder(use.payload, types)})`;
    case 'result':
      return `__t.result(${typeBuilder(use.ok, types)}, ${typeBuilder(use.err, types)})`;
    case 'special':
      return `__t.${use.name}()`;
    case 'primitive':
      return `__t.${use.tag.toLowerCase()}()`;
  }
}

function isByte(use: TypeUse): boolean {
  return use.kind === 'primitive' && use.tag === 'U8';
}

export interface FieldOptions {
  /** Converts a field's name to its key; to camel case by default. */
  readonly key?: (name: string) => string;
  /** A call on the builder of the field at a position, such as `.primaryKey()`; none by default. */
  readonly suffix?: (position: number, key: string) => string;
}

/** Writes the fields of an object of type builders. */
export function writeFields(
  out: CodeWriter,
  fields: readonly Field[],
  types: TypeScope,
  { key: keyOf = accessor, suffix = () => '' }: FieldOptions = {},
): void {
  fields.forEach(({ name, use }, position) => {
    const key = keyOf(name);
    const builder = typeBuilder(use, types) + suffix(position, key);
    // A getter delays the lookup of the named type until all types are defined.
    if (refsOf(use).length > 0) out.block(`get ${key}() {`, () => out.line(`return ${builder};`), '},');
    else out.line(`${key}: ${builder},`);
  });
}

/** Imports the named types of `uses` from the module's `types.ts`; writes nothing if there are none. */
export function writeTypeImports(out: CodeWriter, uses: readonly TypeUse[], types: TypeScope): void {
  const refs = [...new Set(uses.flatMap(refsOf))].sort((a, b) => a - b);
  if (refs.length === 0) return;
  out
    .block('import {', () => out.lines(refs.map((ref) => `${types.symbol(ref)},`)), '} from "./types";')
    .line();
}

function refsOf(use: TypeUse): number[] {
  switch (use.kind) {
    case 'ref':
      return [use.typeRef];
    case 'array':
      return refsOf(use.element);
    case 'option':
      return refsOf(use.payload);
    case 'result':
      return [...refsOf(use.ok), ...refsOf(use.err)];
    default:
      return [];
  }
}
