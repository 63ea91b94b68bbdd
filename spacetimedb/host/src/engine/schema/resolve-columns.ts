/** What tables and views have in common: rows of named columns. */
import type { ProductType } from 'spacetimedb';
import type { ColumnDef } from './module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import type { Names } from './names.ts';
import type { RawModuleDefV10 } from './raw-module-def.ts';

/** What the resolution of one item looks things up in. References in `raw` are known to be good. */
export interface ResolveScope {
  readonly raw: RawModuleDefV10;
  readonly names: Names;
  readonly typespace: Typespace;
  readonly sourceTypespace: Typespace;
}

/** The row type at `typeRef`. */
export function rowTypeAt(typespace: Typespace, typeRef: number): ProductType {
  const type = typespace.types[typeRef];
  if (type?.tag !== 'Product') throw new TypeError(`type ${typeRef} is not a product`);
  return type.value;
}

/** The columns of the row type at `typeRef`: canonical names and types, each with its name in the source. */
export function resolveColumns(typeRef: number, scope: ResolveScope): ColumnDef[] {
  const sourceElements = rowTypeAt(scope.sourceTypespace, typeRef).elements;
  return rowTypeAt(scope.typespace, typeRef).elements.map(({ algebraicType }, i) => {
    const sourceName = sourceElements[i]?.name ?? '';
    return { name: scope.names.field(sourceName), sourceName, type: algebraicType };
  });
}
