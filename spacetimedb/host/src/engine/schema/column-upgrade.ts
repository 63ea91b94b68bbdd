import type { AlgebraicType, ProductType, SumType } from 'spacetimedb';
import { typeText } from '../sats/type-text.ts';
import { layoutOf } from './row-layout.ts';

export interface ColumnUpgrade {
  /** Does the type differ? */
  readonly isChanged: boolean;
  /** Why rows of the old type are not valid in the new one, in the real server's words; empty if they are. */
  readonly reasons: readonly string[];
}

/**
 * Can the values of a column stay when its type changes? Only sums may change: variants may be added at the end if
 * they take no more space. Source: `ensure_old_ty_upgradable_to_new` in `crates/schema/src/auto_migrate.rs`.
 * @param before without references
 * @param after without references
 */
export function columnUpgrade(
  table: string,
  column: string,
  before: AlgebraicType,
  after: AlgebraicType,
): ColumnUpgrade {
  const comparison = new Comparison(table, column);
  comparison.compare(before, after, false);
  return { isChanged: comparison.isChanged, reasons: comparison.reasons };
}

class Comparison {
  isChanged = false;
  readonly reasons: string[] = [];
  readonly #table: string;
  readonly #column: string;

  constructor(table: string, column: string) {
    this.#table = table;
    this.#column = column;
  }

  compare(before: AlgebraicType, after: AlgebraicType, within: boolean): void {
    const refuse = (how?: string): void => {
      // The real server writes `the type of` for renamed members at any depth.
      const isWithin = within && !how?.includes('renamed');
      const what = isWithin ? 'a type within column' : 'the type of column';
      const change = `Changing ${what} ${this.#column} in table ${this.#table} from ${typeText(before)} to ${typeText(after)}`;
      this.reasons.push(how === undefined ? `${change} requires a manual migration` : `${change}, ${how}`);
    };
    if (before.tag === 'Sum' && after.tag === 'Sum') {
      this.#compareSums(before.value, after.value, refuse);
      this.#compareLayouts(before, after, refuse);
    } else if (before.tag === 'Product' && after.tag === 'Product') {
      this.#compareProducts(before.value, after.value, refuse);
    } else if (before.tag === 'Array' && after.tag === 'Array') {
      this.compare(before.value, after.value, true);
    } else if (before.tag !== after.tag) {
      refuse();
    }
  }

  #compareSums(before: SumType, after: SumType, refuse: (how: string) => void): void {
    if (before.variants.length < after.variants.length) this.isChanged = true;
    if (before.variants.length > after.variants.length)
      refuse('with fewer variants, requires a manual migration');
    let isRenamed = false;
    before.variants.forEach((old, i) => {
      const current = after.variants[i];
      if (!current) return;
      this.compare(old.algebraicType, current.algebraicType, true);
      isRenamed ||= old.name !== current.name;
    });
    if (isRenamed) refuse('with a renamed variant, requires a manual migration');
  }

  #compareProducts(before: ProductType, after: ProductType, refuse: (how: string) => void): void {
    if (before.elements.length !== after.elements.length)
      refuse('with fewer fields, requires a manual migration');
    let isRenamed = false;
    before.elements.forEach((old, i) => {
      const current = after.elements[i];
      if (!current) return;
      this.compare(old.algebraicType, current.algebraicType, true);
      isRenamed ||= old.name !== current.name;
    });
    if (isRenamed) refuse('with a renamed field, requires a manual migration');
  }

  #compareLayouts(before: AlgebraicType, after: AlgebraicType, refuse: (how: string) => void): void {
    const old = layoutOf(before);
    const current = layoutOf(after);
    if (old.size !== current.size) refuse('requires a manual migration, due to size mismatch');
    if (old.align !== current.align) refuse('requires a manual migration, due to alignment mismatch');
  }
}
