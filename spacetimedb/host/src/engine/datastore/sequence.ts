import type { SequenceDef } from '../schema/module-def.ts';

/** How far ahead of use the persisted mark is set: after a restart a sequence goes on there (as the real server does). */
const ALLOCATION_STEP = 4096n;

/**
 * Hands out the values of an auto-increment column. Values are not given back when a transaction rolls back, and
 * never handed out twice: what is persisted is a mark that lies ahead of every value in use.
 */
export class Sequence {
  readonly def: SequenceDef;
  #next: bigint;
  #allocated: bigint;
  #isDirty = false;

  /** @param allocated the persisted mark; absent for a sequence that is new */
  constructor(def: SequenceDef, allocated?: bigint) {
    this.def = def;
    this.#next = allocated ?? def.start;
    this.#allocated = allocated ?? def.start;
  }

  /** The value that {@link next} hands out next. */
  get upcoming(): bigint {
    return this.#next;
  }

  /** Hands out `next` next, which was handed out before: for a database whose rows are put back. */
  goBackTo(next: bigint): void {
    this.#next = next;
  }

  next(): bigint {
    const value = this.#next;
    const next = this.#after(value);
    const isAhead = this.def.increment > 0n ? next > this.#allocated : next < this.#allocated;
    // The mark moves first: a call that is stopped in between must not leave a value in use that lies beyond it.
    if (isAhead) {
      this.#isDirty = true;
      this.#allocated = next + this.def.increment * ALLOCATION_STEP;
    }
    this.#next = next;
    return value;
  }

  /**
   * Goes on where another sequence is now. What is persisted stays as it is.
   *
   * @param other of the same name, in the datastore that this one's takes the place of
   */
  continueFrom(other: Sequence): void {
    this.#next = other.#next;
    this.#allocated = other.#allocated;
    this.#isDirty = other.#isDirty;
  }

  /** The mark to persist, when it moved since this was last asked. */
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

/** `value` as a column of the integer type `tag` holds it: cut to its width, as the real server cuts it. */
export function truncateToColumn(value: bigint, tag: string): number | bigint {
  const width = WIDTHS[tag];
  if (!width) throw new TypeError(`an auto-increment column cannot be of type ${tag}`);
  const [bits, signed] = width;
  const cut = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return bits <= 32 ? Number(cut) : cut;
}
