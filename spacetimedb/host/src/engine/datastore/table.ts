import type { TableDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import { RowCodec } from './row-codec.ts';
import { Sequence } from './sequence.ts';
import { TableStore } from './table-store.ts';

/** The definition and the committed rows of one table. */
export class Table {
  readonly id: number;
  readonly def: TableDef;
  readonly typespace: Typespace;
  readonly codec: RowCodec;
  readonly committed: TableStore;
  readonly sequences: readonly Sequence[];
  /** Positions in `def.indexes` of the unique indexes. */
  readonly uniqueIndexes: readonly number[];

  /** @param allocations persisted sequence marks, by sequence name */
  constructor(id: number, def: TableDef, typespace: Typespace, allocations: ReadonlyMap<string, bigint>) {
    this.id = id;
    this.def = def;
    this.typespace = typespace;
    this.codec = new RowCodec(def, typespace);
    this.committed = this.emptyStore();
    this.sequences = def.sequences.map((sequence) => new Sequence(sequence, allocations.get(sequence.name)));
    this.uniqueIndexes = this.committed.indexes.flatMap((index, position) =>
      index.isUnique ? [position] : [],
    );
  }

  emptyStore(): TableStore {
    return new TableStore(this.def, this.typespace);
  }
}
