/** The shared part of tables and views: rows with named columns. */
import type { ProductType } from 'spacetimedb';
import type { ColumnDef } from './module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import type { Names } from './names.ts';
import type { RawModuleDefV10 } from './raw-module-def.ts';

/** The context for resolving one item. References in `raw` must be verified. */
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

/** The columns of the row type at `typeRef`, with canonical names, source names and types. */
export function resolveColumns(typeRef: number, scope: ResolveScope): ColumnDef[] {
  const sourceElements = rowTypeAt(scope.sourceTypespace, typeRef).elements;
  return rowTypeAt(scope.typespace, typeRef).elements.map(({ algebraicType }, i) => {
    const sourceName = sourceElements[i]?.name ?? '';
    return { name: scope.names.field(sourceName), sourceName, type: algebraicType };
  });
}
