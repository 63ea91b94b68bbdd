import type { SequenceDef } from '../schema/module-def.ts';

/**
 * How far ahead the persisted mark is set. After a restart a sequence continues from the mark, as on the real server.
 */
const ALLOCATION_STEP = 4096n;

/**
 * Generates the values of an auto-increment column. No value is generated twice: rolled-back values are not reused,
 * and the persisted mark is ahead of every value in use.
 */
export class Sequence {
  readonly def: SequenceDef;
  #next: bigint;
  #allocated: bigint;
  #isDirty = false;

  /** @param allocated the persisted mark; absent for a new sequence */
  constructor(def: SequenceDef, allocated?: bigint) {
    this.def = def;
    this.#next = allocated ?? def.start;
    this.#allocated = allocated ?? def.start;
  }

  /** The mark: no value at or beyond it was generated. */
  get allocated(): bigint {
    return this.#allocated;
  }

  /** The value that {@link next} will return next. */
  get upcoming(): bigint {
    return this.#next;
  }

  /** Continues from `next`, a value that was generated before. For restoring a snapshot. */
  goBackTo(next: bigint): void {
    this.#next = next;
  }

  next(): bigint {
    const value = this.#next;
    const next = this.#after(value);
    const isAhead = this.def.increment > 0n ? next > this.#allocated : next < this.#allocated;
    // The mark moves first, so that a call stopped in between cannot leave a used value beyond it.
    if (isAhead) {
      this.#isDirty = true;
      this.#allocated = next + this.def.increment * ALLOCATION_STEP;
    }
    this.#next = next;
    return value;
  }

  /**
   * Continues from the current position of another sequence. The persisted mark does not change.
   *
   * @param other the sequence of the same name in the datastore that this one's datastore replaces
   */
  continueFrom(other: Sequence): void {
    this.#next = other.#next;
    this.#allocated = other.#allocated;
    this.#isDirty = other.#isDirty;
  }

  /** Returns the mark if it moved since the last call, for persisting. */
  takeAllocation(): bigint | undefined {
    if (!this.#isDirty) return undefined;
    this.#isDirty = false;
    return this.#allocated;
  }

  #after(value: bigint): bigint {
    const { increment, min, max } = this.def;
    const next = value + increment;
    if (next > max) return min;
    if (next < min) return max;
    return next;
  }
}

const WIDTHS: Readonly<Record<string, readonly [bits: number, signed: boolean]>> = {
  I8: [8, true],
  U8: [8, false],
  I16: [16, true],
  U16: [16, false],
  I32: [32, true],
  U32: [32, false],
  I64: [64, true],
  U64: [64, false],
  I128: [128, true],
  U128: [128, false],
  I256: [256, true],
  U256: [256, false],
};

/** Truncates `value` to the integer type `tag`, as the real server does. */
export function truncateToColumn(value: bigint, tag: string): number | bigint {
  const width = WIDTHS[tag];
  if (!width) throw new TypeError(`an auto-increment column cannot be of type ${tag}`);
  const [bits, signed] = width;
  const cut = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return bits <= 32 ? Number(cut) : cut;
}
